import ArgumentParser

/// The flags of the settings of web servers.
struct ProxyOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "nginx, microcache, tcp, tls, or a file. [INSTACRAWLER_PROXY; default: nginx]",
            discussion: """
                The configuration that `up` runs nginx with: NAME.conf.template in the directory of the nginx templates, \
                or any template; a file's name has a / in it.
                """))
    var proxy: String?

    @Option(
        help: ArgumentHelp(
            "Networks of routers that nginx believes; or none. [INSTACRAWLER_TRUSTED_PROXIES; default: private ones]",
            discussion: """
                In CIDR notation, separated by commas. What they write into X-Forwarded-For and X-Forwarded-Proto counts. \
                The configuration `tls` believes nobody.
                """))
    var trustedProxies: String?

    @Option(help: "Host of the responder, over TCP. [INSTACRAWLER_RESPONDER_HOST; default: 127.0.0.1]")
    var responderHost: String?

    @Option(help: "Port of the responder, over TCP. [INSTACRAWLER_RESPONDER_PORT; default: 9000]")
    var responderPort: String?

    @Option(help: "Host of the responder that stands by. [INSTACRAWLER_STANDBY_HOST; default: that of the responder]")
    var standbyHost: String?

    @Option(help: "Port of the responder that stands by. [INSTACRAWLER_STANDBY_PORT; default: that of the responder]")
    var standbyPort: String?

    @Option(help: "File of the certificates, for TLS. [INSTACRAWLER_CERTIFICATE]")
    var certificate: String?

    @Option(help: "File of their private key, for TLS. [INSTACRAWLER_CERTIFICATE_KEY]")
    var certificateKey: String?

    @Option(help: "Program, for templates of web servers that start it. [INSTACRAWLER_PROGRAM; default: this one]")
    var program: String?

    /// Those that were given.
    var given: [(Setting, String?)] {
        [
            (.proxy, proxy), (.trustedProxies, trustedProxies), (.responderHost, responderHost),
            (.responderPort, responderPort),
            (.standbyHost, standbyHost), (.standbyPort, standbyPort), (.certificate, certificate),
            (.certificateKey, certificateKey), (.program, program),
        ]
    }
}
