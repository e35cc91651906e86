/// The configuration that nginx runs with.
package struct NginxConfiguration: Sendable {
    /// The nginx executable: a path, or a name to find in `PATH`.
    package var program = "nginx"
    /// The path of the configuration's template.
    package var template: String
    /// The variables of the template.
    package var variables: [TemplateVariable]
    /// A writable directory.
    package var runDirectory: String
    /// The address that nginx listens on.
    package var host: String
    /// The port that nginx listens on, 1...65,535.
    package var port: Int
    /// The environment of the process. nginx gets its `PATH` and `TZ`, and no secret.
    package var environment: [String: String]
    /// The time limit of a graceful stop. After it, nginx drops open requests, and is killed a second later.
    package var stopTimeout = Duration.seconds(8)

    /// Paths are absolute.
    package init(
        template: String, variables: [TemplateVariable], runDirectory: String, host: String, port: Int,
        environment: [String: String]
    ) {
        self.template = template
        self.variables = variables
        self.runDirectory = runDirectory
        self.host = host
        self.port = port
        self.environment = environment
    }
}

/// The optional modules of nginx that a configuration needs.
enum NginxModules {
    /// Parameters of `listen`, and the options in `nginx -V` that enable them.
    private static let known: [(word: Substring, option: Substring)] = [
        ("ssl", "--with-http_ssl_module"), ("http2", "--with-http_v2_module"),
    ]

    /// The parameters of `listen` that a configuration uses and this nginx does not support.
    ///
    /// - Parameter version: the output of `nginx -V`.
    static func missing(in version: String, for configuration: String) -> [String] {
        let listening = configuration.split(separator: "\n").map { $0.split { " \t;".contains($0) } }
            .filter { $0.first == "listen" }.joined()
        let options = version.split { " \n".contains($0) }
        return known.filter { known in
            listening.contains { $0 == known.word } && !options.contains { $0 == known.option }
        }.map { String($0.word) }
    }
}
