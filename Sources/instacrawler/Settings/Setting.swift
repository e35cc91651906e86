/// The settings: their environment variables, flags, defaults, and what they are for.
enum Setting: String, CaseIterable {
    case port = "PORT"
    case host = "INSTACRAWLER_HOST"
    case hashtags = "INSTACRAWLER_HASHTAGS"
    case source = "INSTACRAWLER_SOURCE"
    case accessToken = "INSTAGRAM_ACCESS_TOKEN"
    case userID = "INSTAGRAM_USER_ID"
    case graphURL = "INSTAGRAM_GRAPH_URL"
    case interval = "INSTACRAWLER_INTERVAL"
    case run = "INSTACRAWLER_RUN"
    case socket = "INSTACRAWLER_SOCKET"
    case nginx = "INSTACRAWLER_NGINX"
    case logLevel = "LOG_LEVEL"

    /// The flag; nil for a secret, which would be seen in the list of processes.
    var flag: String? {
        switch self {
        case .port: "--port"
        case .host: "--host"
        case .hashtags: "--hashtags"
        case .source: "--source"
        case .accessToken, .userID: nil
        case .graphURL: "--graph-url"
        case .interval: "--interval"
        case .run: "--run"
        case .socket: "--socket"
        case .nginx: "--nginx"
        case .logLevel: "--log-level"
        }
    }

    /// Whether its value must not be shown.
    var isSecret: Bool { self == .accessToken }
}
