import Hummingbird

/// A request to the Graph API, whose version and token have been checked.
struct GraphCall: Sendable {
    /// `http://` and the host and port as the client wrote them.
    let origin: String

    /// The path, which starts with the version.
    let path: String

    /// When it came, in seconds since 1970.
    let time: Double

    private let parameters: Parameters

    init(request: Request, time: Double, configuration: SandboxConfiguration) throws(GraphError) {
        guard let authority = request.head.authority, !authority.isEmpty else {
            throw .invalidParameter(name: "Host", allowed: "present")
        }
        origin = "http://\(authority)"
        path = request.uri.path
        self.time = time
        parameters = request.uri.queryParameters
        guard Self.hasVersion(path) else { throw .unknownPath(path) }
        guard parameters.get("access_token") == configuration.accessToken else { throw .invalidToken }
    }

    /// A parameter; nil when it is absent or empty.
    func optional(_ name: String) -> String? {
        parameters.get(name).flatMap { $0.isEmpty ? nil : $0 }
    }

    /// A parameter that must be there.
    func required(_ name: String) throws(GraphError) -> String {
        guard let value = optional(name) else { throw .missingParameter(name) }
        return value
    }

    /// Checks that `user_id` is the sandbox's user.
    func requireUser(_ id: String) throws(GraphError) {
        let asked = try required("user_id")
        guard asked == id else { throw .unknownObject(id: asked) }
    }

    /// The parameter `limit`, at most `most`.
    func limit(default usual: Int, most: Int) throws(GraphError) -> Int {
        guard let text = optional("limit") else { return min(usual, most) }
        guard let limit = Int(text), limit >= 1 else {
            throw .invalidParameter(name: "limit", allowed: "a whole number from 1")
        }
        return min(limit, most)
    }

    /// The address of the next page: this call's with another cursor. As upstream's it contains the access token.
    func next(after cursor: String) -> String {
        let kept = ["access_token", "user_id", "fields", "limit"].compactMap { name in
            optional(name).map { "\(name)=\($0.percentEncoded)" }
        }
        return "\(origin)\(path)?\((kept + ["after=\(cursor)"]).joined(separator: "&"))"
    }

    /// Whether a path starts with a version, such as `/v23.0/`.
    private static func hasVersion(_ path: String) -> Bool {
        guard let version = path.split(separator: "/").first, version.first == "v" else { return false }
        let parts = version.dropFirst().split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy(\.isDigits)
    }
}
