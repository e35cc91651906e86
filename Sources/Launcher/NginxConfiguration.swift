/// What nginx is run with.
package struct NginxConfiguration: Sendable {
    /// nginx: a name to look for in `PATH`, or a path.
    package var program = "nginx"
    /// The template of its configuration.
    package var template: String
    /// The directory of the template's snippets.
    package var directory: String
    /// A writable directory.
    package var runDirectory: String
    /// The responder's Unix socket.
    package var socket: String
    /// The address that nginx listens on.
    package var host: String
    /// The port that nginx listens on, 1...65,535.
    package var port: Int
    /// How often one network may ask, as nginx writes it, such as `50r/s`.
    package var rateLimit = "50r/s"
    /// How many requests more it may make at once.
    package var rateBurst = 200
    /// The networks of routers whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed, in CIDR notation.
    package var trustedProxies = Self.privateNetworks
    /// Whether readers have to show a key, so that nginx must not keep what it passes on.
    package var isPrivate = false
    /// Further variables that a template may use.
    package var more: [TemplateVariable] = []
    /// The process's environment; nginx gets `PATH` and `TZ` of it, and no secret.
    package var environment: [String: String]
    /// How long a graceful stop may take before it is cut short.
    package var stopTimeout = Duration.seconds(8)

    /// Makes a configuration; paths are absolute.
    package init(
        template: String, directory: String, runDirectory: String, socket: String, host: String, port: Int,
        environment: [String: String]
    ) {
        self.template = template
        self.directory = directory
        self.runDirectory = runDirectory
        self.socket = socket
        self.host = host
        self.port = port
        self.environment = environment
    }

    /// Networks that no client on the Internet can have an address in.
    package static let privateNetworks = [
        "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7",
        "::1",
    ]

    /// The variables of the template.
    package var variables: [TemplateVariable] {
        more + [
            TemplateVariable("PORT", String(port), .port),
            TemplateVariable("INSTACRAWLER_HOST", host, .host),
            TemplateVariable("INSTACRAWLER_SOCKET", socket, .path),
            TemplateVariable("INSTACRAWLER_RUN", runDirectory, .path),
            TemplateVariable("INSTACRAWLER_NGINX", directory, .path),
            TemplateVariable("INSTACRAWLER_RATE_LIMIT", rateLimit, .rate),
            TemplateVariable("INSTACRAWLER_RATE_BURST", String(rateBurst), .number(1...100_000)),
            TemplateVariable(
                "INSTACRAWLER_TRUSTED_GEO", trustedProxies.map { "\($0) 1;" }.joined(separator: " "), .networks),
            TemplateVariable(
                "INSTACRAWLER_TRUSTED_REAL_IP",
                trustedProxies.map { "set_real_ip_from \($0);" }.joined(separator: " "), .networks),
            // The host without the brackets of an IPv6 address, for web servers that want it so.
            TemplateVariable("INSTACRAWLER_ADDRESS", host, .address),
            TemplateVariable("INSTACRAWLER_PRIVATE", isPrivate ? "1" : "0", .number(0...1)),
        ]
    }
}

/// The modules of nginx that a configuration needs, and that not every nginx is built with.
enum NginxModules {
    /// Parameters of `listen`, and what is in `nginx -V` when nginx knows them.
    private static let known: [(word: Substring, option: Substring)] = [
        ("ssl", "--with-http_ssl_module"), ("http2", "--with-http_v2_module"),
    ]

    /// The parameters of `listen` that a configuration uses and that this nginx does not know.
    ///
    /// - Parameter version: what `nginx -V` prints.
    static func missing(in version: String, for configuration: String) -> [String] {
        let listening = configuration.split(separator: "\n").map { $0.split { " \t;".contains($0) } }
            .filter { $0.first == "listen" }.joined()
        let options = version.split { " \n".contains($0) }
        return known.filter { known in
            listening.contains { $0 == known.word } && !options.contains { $0 == known.option }
        }.map { String($0.word) }
    }
}
