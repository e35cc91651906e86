import ArgumentParser

/// The flags of the settings.
struct SettingsOptions: ParsableArguments {
    @Option(help: "Port that nginx listens on, 1 to 65535. [PORT; default: 5000]")
    var port: String?

    @Option(help: "Address that nginx listens on. [INSTACRAWLER_HOST; default: 0.0.0.0]")
    var host: String?

    @Option(
        help: "Hashtags, separated by commas; /latest speaks of the first. [INSTACRAWLER_HASHTAGS; default: golang]")
    var hashtags: String?

    @Option(
        help: ArgumentHelp(
            "Where pictures come from; several, separated by commas. [INSTACRAWLER_SOURCE; default: sandbox]",
            discussion: "\(SourceKind.forms). HOST is a server of Mastodon or Pixelfed."))
    var source: String?

    @Flag(help: "Shows posts that their server marks as sensitive. [INSTACRAWLER_SENSITIVE; default: false]")
    var sensitive = false

    @Option(
        help: ArgumentHelp(
            "Base address of the Graph API. [INSTAGRAM_GRAPH_URL; default: https://graph.facebook.com/v23.0]",
            discussion: """
                With the source sandbox: of one that runs elsewhere, on a loopback address; without it, one is started.
                """))
    var graphURL: String?

    @Option(
        help: ArgumentHelp(
            "Time between two crawls, such as 90s, 5m, 2h. [INSTACRAWLER_INTERVAL; default: 5m]",
            discussion: "Where there is only the sandbox, the default is 3s."))
    var interval: String?

    @Option(help: "Writable directory for what is kept. [INSTACRAWLER_DATA; default: var]")
    var data: String?

    @Option(
        help: ArgumentHelp(
            "SQLite database, or :memory:. [INSTACRAWLER_DATABASE; default: instacrawler.sqlite in the above]",
            discussion: """
                While all sources are a sandbox started here, the default is :memory:, for its posts end with it.
                """))
    var database: String?

    @Option(help: "How many posts to keep of each hashtag, 1 to 100000. [INSTACRAWLER_RETENTION; default: 1000]")
    var retention: String?

    @Option(help: "Writable directory for what only lives as long as the service. [INSTACRAWLER_RUN; default: var/run]")
    var run: String?

    @Option(help: "Unix socket of the responder. [INSTACRAWLER_SOCKET; default: instacrawler.sock in the above]")
    var socket: String?

    @Option(help: "Directory of the nginx templates. [INSTACRAWLER_NGINX; default: nginx, or the installed one]")
    var nginx: String?

    @Option(
        help:
            "How often one network may ask, such as 50r/s or 600r/m; or off. [INSTACRAWLER_RATE_LIMIT; default: 50r/s]"
    )
    var rateLimit: String?

    @Option(help: "How many requests more it may make at once. [INSTACRAWLER_RATE_BURST; default: 200]")
    var rateBurst: String?

    @Option(help: "text or json. [INSTACRAWLER_LOG_FORMAT; default: text on a terminal, else json]")
    var logFormat: String?
    @Option(help: "Who may frame the embeds: *, none, self or origins. [INSTACRAWLER_FRAME_ANCESTORS; default: *]")
    var frameAncestors: String?

    @OptionGroup var proxy: ProxyOptions

    @Option(help: "trace, debug, info, notice, warning, error or critical. [LOG_LEVEL; default: info]")
    var logLevel: String?

    /// Those that were given.
    var given: [Setting: String] {
        let all: [(Setting, String?)] = [
            (.port, port), (.host, host), (.hashtags, hashtags), (.source, source),
            (.sensitive, sensitive ? "true" : nil), (.graphURL, graphURL),
            (.interval, interval), (.data, data), (.database, database), (.retention, retention), (.run, run),
            (.socket, socket), (.nginx, nginx), (.rateLimit, rateLimit), (.rateBurst, rateBurst),
            (.logFormat, logFormat), (.frameAncestors, frameAncestors), (.logLevel, logLevel),
        ]
        return Dictionary(
            uniqueKeysWithValues: (all + proxy.given).compactMap { setting, text in text.map { (setting, $0) } })
    }

    /// Reads all settings, for a command that names its hashtags.
    ///
    /// - Parameter words: the hashtags; none leaves those of the settings.
    func settings(hashtags words: [String]) throws -> Settings {
        var settings = try settings()
        if !words.isEmpty {
            settings.hashtags = try Settings.hashtags(
                words, of: words.joined(separator: " "), name: "TAG", allowed: "hashtags")
        }
        return settings
    }

    /// Reads all settings.
    func settings() throws -> Settings {
        try Settings(try SettingsReader(flags: given))
    }
}
