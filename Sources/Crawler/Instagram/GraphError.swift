/// The error that the Graph API sends as `{"error":{…}}`.
struct GraphError: Decodable {
    var message: String
    var code: Int?
    var subcode: Int?
    /// Whether the service itself says that trying again helps.
    var isTransient: Bool

    private enum CodingKeys: String, CodingKey {
        case message
        case code
        case subcode = "error_subcode"
        case isTransient = "is_transient"
    }

    /// The object around it.
    struct Envelope: Decodable {
        var error: GraphError
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        message = values.text(.message) ?? ""
        code = values.number(.code)
        subcode = values.number(.subcode)
        isTransient = values.lenient(.isTransient) ?? false
    }
}

extension GraphError {
    /// What the error means for the crawl.
    ///
    /// - Parameters:
    ///   - statusError: what the HTTP status says, for codes that are not known here.
    ///   - regain: how long until calls are taken again, if the headers of the answer say so.
    ///   - secret: is taken out of the message.
    func sourceError(statusError: SourceError?, regain: Duration?, secret: Secret) -> SourceError {
        let reason = reason(without: secret)
        return switch code {
        case 1, 2:
            .temporary(reason, retryAfter: regain)
        case 4, 17, 32, 613, 80002:
            // 80002 is the code of the limit that `X-Business-Use-Case-Usage` counts.
            .rateLimited(retryAfter: regain)
        case 10, .some(200...299):
            .permissionMissing("\(reason). Instagram wants \(Self.permissions)")
        case 18:
            .hashtagQuotaExhausted
        case 24:
            .hashtagUnknown
        case 100:
            .badParameter(reason)
        case 102, 190:
            .tokenInvalid(reason)
        case _ where isTransient:
            .temporary(reason, retryAfter: regain)
        default:
            switch statusError {
            case .temporary(_, let wait): .temporary(reason, retryAfter: wait)
            case .rateLimited: .rateLimited(retryAfter: regain)
            case .tokenInvalid: .tokenInvalid(reason)
            case .permissionMissing: .permissionMissing(reason)
            default: .unusableAnswer(reason)
            }
        }
    }

    private static let permissions = "instagram_basic and the feature Instagram Public Content Access"

    /// The service's own words with its codes. The secret is taken out before the words are cut,
    /// or a part of it could stay.
    private func reason(without secret: Secret) -> String {
        let codes = [code.map { "code \($0)" }, subcode.map { "subcode \($0)" }].compactMap(\.self)
        let words = message.isEmpty ? "an error without a message" : secret.scrub(message).excerpt(200)
        return codes.isEmpty ? words : "\(words) (\(codes.joined(separator: ", ")))"
    }
}
