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

    @Option(help: "Where pictures come from: sandbox or instagram. [INSTACRAWLER_SOURCE; default: sandbox]")
    var source: String?

    @Option(
        help: ArgumentHelp(
            "Base address of the Graph API. [INSTAGRAM_GRAPH_URL; default: https://graph.facebook.com/v23.0]",
            discussion: """
                With the source sandbox: of one that runs elsewhere, on a loopback address; without it, one is started.
                """))
    var graphURL: String?

    @Option(help: "Time between two crawls, such as 90s, 5m, 2h. [INSTACRAWLER_INTERVAL; default: 5m, sandbox: 3s]")
    var interval: String?

    @Option(help: "Writable directory for what only lives as long as the service. [INSTACRAWLER_RUN; default: var/run]")
    var run: String?

    @Option(help: "Unix socket of the responder. [INSTACRAWLER_SOCKET; default: instacrawler.sock in the above]")
    var socket: String?

    @Option(help: "Directory of the nginx templates. [INSTACRAWLER_NGINX; default: nginx, or the installed one]")
    var nginx: String?

    @Option(help: "trace, debug, info, notice, warning, error or critical. [LOG_LEVEL; default: info]")
    var logLevel: String?

    /// Those that were given.
    var given: [Setting: String] {
        let all: [(Setting, String?)] = [
            (.port, port), (.host, host), (.hashtags, hashtags), (.source, source), (.graphURL, graphURL),
            (.interval, interval), (.run, run), (.socket, socket), (.nginx, nginx), (.logLevel, logLevel),
        ]
        return Dictionary(uniqueKeysWithValues: all.compactMap { setting, text in text.map { (setting, $0) } })
    }

    /// Reads all settings.
    func settings() async throws -> Settings {
        try Settings(try await SettingsReader(flags: given))
    }
}
