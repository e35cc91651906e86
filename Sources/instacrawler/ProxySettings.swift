import ArgumentParser
import FastCGI
import Glibc
import Launcher

/// Which configuration nginx is run with, and what templates are told beside the port, the socket and the directories.
struct ProxySettings: Sendable {
    /// The configurations of nginx that come with the program and can be run as they are.
    enum Name: String, CaseIterable {
        case nginx, tcp, microcache, tls
    }

    /// A host and a port to connect to.
    struct Peer: Sendable {
        var host: String
        var port: Int
    }

    /// The file of the template.
    var template: String
    /// The networks of routers that are believed, in CIDR notation.
    var trustedProxies: [String]
    /// The responder, where a template connects by TCP.
    var responder: Peer
    /// The responder that is asked when the first one fails.
    var standby: Peer
    /// The file of the chain of certificates.
    var certificate: String?
    /// The file of its private key.
    var certificateKey: String?
    /// The program that a web server starts.
    var program: String

    /// - Throws: ``SettingError`` for the first that is not allowed.
    init(_ reader: SettingsReader, nginxDirectory: String) throws {
        let names = Name.allCases.map(\.rawValue).joined(separator: ", ")
        template = try reader.value(
            .proxy, default: Self.template(of: .nginx, in: nginxDirectory),
            allowed: "\(names), or a file with a / in it"
        ) { text in
            text.contains("/")
                ? Parse.path(text) : Name(rawValue: text).map { Self.template(of: $0, in: nginxDirectory) }
        }
        trustedProxies = try reader.value(
            .trustedProxies, default: NginxConfiguration.privateNetworks,
            allowed: "none, or networks separated by commas, such as 10.0.0.0/8,fd00::/8", Self.networks)
        let host = TemplateVariable.Kind.peer.allowed
        let port = TemplateVariable.Kind.port.allowed
        responder = Peer(
            host: try reader.value(.responderHost, default: "127.0.0.1", allowed: host, Parse.peer),
            port: try reader.value(.responderPort, default: 9_000, allowed: port, Parse.port))
        standby = Peer(
            host: try reader.value(.standbyHost, default: responder.host, allowed: host, Parse.peer),
            port: try reader.value(.standbyPort, default: responder.port, allowed: port, Parse.port))
        let path = Parse.allowedPath
        certificate = try reader.value(.certificate, default: nil, allowed: path) { Parse.path($0).map { .some($0) } }
        certificateKey = try reader.value(.certificateKey, default: nil, allowed: path) {
            Parse.path($0).map { .some($0) }
        }
        program = try reader.value(.program, default: Paths.executable, allowed: path, Parse.path)
    }

    /// Networks in CIDR notation, separated by commas; an address alone is a network, too.
    static func networks(_ text: String) -> [String]? {
        if text == "none" { return [] }
        let networks = text.lowercased().split(separator: ",", omittingEmptySubsequences: false).map { part in
            network(String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()))
        }
        return networks.contains(nil) ? nil : networks.compactMap(\.self)
    }

    private static func network(_ text: String) -> String? {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        var bytes = in6_addr()
        let isIPv6 = parts[0].contains(":")
        guard inet_pton(isIPv6 ? AF_INET6 : AF_INET, String(parts[0]), &bytes) == 1,
            parts.count == 1 || Parse.number(String(parts[1]), in: 0...(isIPv6 ? 128 : 32)) != nil
        else { return nil }
        return text
    }

    private static func template(of name: Name, in directory: String) -> String {
        "\(directory)/\(name.rawValue).conf.template"
    }

    /// What templates may use of it.
    var variables: [TemplateVariable] {
        [
            TemplateVariable(Setting.responderHost.rawValue, responder.host, .peer),
            TemplateVariable(Setting.responderPort.rawValue, "\(responder.port)", .port),
            TemplateVariable(Setting.standbyHost.rawValue, standby.host, .peer),
            TemplateVariable(Setting.standbyPort.rawValue, "\(standby.port)", .port),
            TemplateVariable(Setting.certificate.rawValue, certificate, .path),
            TemplateVariable(Setting.certificateKey.rawValue, certificateKey, .path),
            TemplateVariable(Setting.program.rawValue, program, .path),
        ]
    }
}

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

extension Settings {
    /// What nginx is run with.
    var nginxConfiguration: NginxConfiguration {
        var configuration = NginxConfiguration(
            template: proxy.template, directory: nginxDirectory, runDirectory: runDirectory,
            socket: socket, host: host, port: port, environment: Environment.all)
        configuration.more = proxy.variables
        configuration.rateLimit = rateLimit
        configuration.rateBurst = rateBurst
        configuration.trustedProxies = proxy.trustedProxies
        configuration.isPrivate = accessKey != nil
        return configuration
    }

    /// Where the responder of `up` listens: where the template of nginx's configuration looks for it. Nil when that is
    /// another machine.
    func listener(of template: Template) -> FastCGIListener? {
        guard template.variables.contains(Setting.responderPort.rawValue) else { return .unix(path: socket) }
        guard OwnAddress.isOwn(proxy.responder.host) else { return nil }
        let host = proxy.responder.host
        return .tcp(
            host: host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host, port: proxy.responder.port)
    }

    /// Where a person on this machine finds the service, behind a configuration from that template.
    func address(of template: Template) -> String {
        let isEverywhere = ["0.0.0.0", "*", "[::]", "127.0.0.1", "[::1]"].contains(host)
        return "\(scheme(of: template))://\(isEverywhere ? "localhost" : host):\(port)"
    }

    /// Where this machine asks how the service is.
    func healthAddress(of template: Template) -> String {
        let isEverywhere = ["0.0.0.0", "*"].contains(host)
        let name = isEverywhere ? "127.0.0.1" : host == "[::]" ? "[::1]" : host
        return "\(scheme(of: template))://\(name):\(port)/health"
    }

    private func scheme(of template: Template) -> String {
        template.variables.contains(Setting.certificate.rawValue) ? "https" : "http"
    }
}
