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
