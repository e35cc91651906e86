/// The settings: their environment variables, flags, defaults, and what they are for.
enum Setting: String, CaseIterable {
    case port = "PORT"
    case host = "INSTACRAWLER_HOST"
    case hashtags = "INSTACRAWLER_HASHTAGS"
    case source = "INSTACRAWLER_SOURCE"
    case accessToken = "INSTAGRAM_ACCESS_TOKEN"
    case userID = "INSTAGRAM_USER_ID"
    case graphURL = "INSTAGRAM_GRAPH_URL"
    case mastodonToken = "MASTODON_ACCESS_TOKEN"
    case sensitive = "INSTACRAWLER_SENSITIVE"
    case interval = "INSTACRAWLER_INTERVAL"
    case data = "INSTACRAWLER_DATA"
    case database = "INSTACRAWLER_DATABASE"
    case retention = "INSTACRAWLER_RETENTION"
    case run = "INSTACRAWLER_RUN"
    case socket = "INSTACRAWLER_SOCKET"
    case nginx = "INSTACRAWLER_NGINX"
    case accessKey = "INSTACRAWLER_ACCESS_KEY"
    case rateLimit = "INSTACRAWLER_RATE_LIMIT"
    case rateBurst = "INSTACRAWLER_RATE_BURST"
    case trustedProxies = "INSTACRAWLER_TRUSTED_PROXIES"
    case logFormat = "INSTACRAWLER_LOG_FORMAT"
    case frameAncestors = "INSTACRAWLER_FRAME_ANCESTORS"
    case logLevel = "LOG_LEVEL"
    case proxy = "INSTACRAWLER_PROXY"
    case responderHost = "INSTACRAWLER_RESPONDER_HOST"
    case responderPort = "INSTACRAWLER_RESPONDER_PORT"
    case standbyHost = "INSTACRAWLER_STANDBY_HOST"
    case standbyPort = "INSTACRAWLER_STANDBY_PORT"
    case certificate = "INSTACRAWLER_CERTIFICATE"
    case certificateKey = "INSTACRAWLER_CERTIFICATE_KEY"
    case program = "INSTACRAWLER_PROGRAM"

    /// The flag; nil for a secret, which would be seen in the list of processes.
    var flag: String? {
        switch self {
        case .port: "--port"
        case .host: "--host"
        case .hashtags: "--hashtags"
        case .source: "--source"
        case .accessToken, .userID, .mastodonToken, .accessKey: nil
        case .graphURL: "--graph-url"
        case .sensitive: "--sensitive"
        case .interval: "--interval"
        case .data: "--data"
        case .database: "--database"
        case .retention: "--retention"
        case .run: "--run"
        case .socket: "--socket"
        case .nginx: "--nginx"
        case .rateLimit: "--rate-limit"
        case .rateBurst: "--rate-burst"
        case .trustedProxies: "--trusted-proxies"
        case .logFormat: "--log-format"
        case .frameAncestors: "--frame-ancestors"
        case .logLevel: "--log-level"
        case .proxy: "--proxy"
        case .responderHost: "--responder-host"
        case .responderPort: "--responder-port"
        case .standbyHost: "--standby-host"
        case .standbyPort: "--standby-port"
        case .certificate: "--certificate"
        case .certificateKey: "--certificate-key"
        case .program: "--program"
        }
    }

    /// Whether its value must not be shown.
    var isSecret: Bool { [.accessToken, .mastodonToken, .accessKey].contains(self) }
}

/// A setting that is not allowed, for the operator.
struct SettingError: Error, CustomStringConvertible {
    /// The setting or argument.
    var name: String
    /// Its value; nil when there is none, or when it must not be shown.
    var value: String?
    /// What is allowed.
    var allowed: String

    var description: String {
        guard let value else { return "\(name) is not allowed as it is; allowed is \(allowed)" }
        return "\(name) is '\(Self.shown(Self.redacted(value)))'; allowed is \(allowed)"
    }

    /// The beginning of a value, in one line: what is not visible is written as an escape.
    private static func shown(_ value: String) -> String {
        value.unicodeScalars.prefix(100).map { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
                "\\u{\(String(scalar.value, radix: 16))}"
            default: String(scalar)
            }
        }.joined()
    }

    /// A value without what may be a secret in it: the user and password of an address, its query and its fragment.
    private static func redacted(_ value: String) -> String {
        var text = value
        if let at = text.lastIndex(of: "@"), let colon = text[..<at].firstIndex(of: ":") {
            let start = text[..<at].firstRange(of: "://")?.upperBound ?? text.index(after: colon)
            text.replaceSubrange(start..<at, with: "[redacted]")
        }
        if let mark = text.firstIndex(where: { $0 == "?" || $0 == "#" }), text[mark...].contains("=") {
            text.replaceSubrange(text.index(after: mark)..., with: "[redacted]")
        }
        return text
    }

    /// A setting that must be there and is not.
    static func missing(_ setting: Setting, because reason: String) -> SettingError {
        SettingError(name: setting.rawValue, value: "", allowed: reason)
    }
}
