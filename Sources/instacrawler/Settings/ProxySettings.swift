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
