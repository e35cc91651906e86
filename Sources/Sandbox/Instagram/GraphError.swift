import Hummingbird

/// What the Graph API refuses, with the codes of its documentation.
enum GraphError: Error, Equatable {
    /// Code 190: the token is missing or not the sandbox's.
    case invalidToken
    /// Code 100: a parameter is missing.
    case missingParameter(String)
    /// Code 100: a parameter has a value that is not allowed.
    case invalidParameter(name: String, allowed: String)
    /// Code 100: a field is asked for that the node does not have.
    case unknownField(String, node: String)
    /// Code 100, subcode 33: there is nothing of that id.
    case unknownObject(id: String)
    /// Code 18: too many different hashtags within 7 days.
    case tooManyHashtags
    /// Code 24, subcode 2207024: the hashtag does not exist.
    case noSuchHashtag
    /// Code 2500: nothing is served at a path.
    case unknownPath(String)
    /// What a ``FaultRule`` wants.
    case scripted(code: Int, subcode: Int?)

    var code: Int {
        switch self {
        case .invalidToken: 190
        case .missingParameter, .invalidParameter, .unknownField, .unknownObject: 100
        case .tooManyHashtags: 18
        case .noSuchHashtag: 24
        case .unknownPath: 2500
        case .scripted(let code, _): code
        }
    }

    var subcode: Int? {
        switch self {
        case .unknownObject: 33
        case .noSuchHashtag: 2_207_024
        case .scripted(_, let subcode): subcode
        default: nil
        }
    }

    /// Never contains a token.
    var message: String {
        switch self {
        case .invalidToken: "Invalid OAuth access token - Cannot parse access token"
        case .missingParameter(let name): "(#100) The parameter \(name) is required"
        case .invalidParameter(let name, let allowed): "(#100) Param \(name) must be \(allowed)"
        case .unknownField(let field, let node):
            "(#100) Tried accessing nonexisting field (\(field)) on node type (\(node))"
        case .unknownObject(let id): "Unsupported get request. Object with ID '\(id)' does not exist"
        case .tooManyHashtags: "(#18) The maximum number of hashtags that can be queried within 7 days has been reached"
        case .noSuchHashtag: "(#24) The requested resource does not exist"
        case .unknownPath(let path): "Unknown path components: \(path)"
        case .scripted(let code, _): "(#\(code)) This error was asked for"
        }
    }

    /// The envelope; `trace` is the id under which upstream's support would find the request.
    func envelope(trace: String) -> JSONValue {
        .object([
            "error": .object([
                "message": .string(message),
                "type": .string("OAuthException"),
                "code": .number(code),
                "error_subcode": subcode.map { .number($0) },
                "fbtrace_id": .string(trace),
            ])
        ])
    }
}
