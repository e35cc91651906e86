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
