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
