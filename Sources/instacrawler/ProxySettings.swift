import FastCGI
import Glibc
import Launcher

extension Settings {
    /// The configuration that `up` runs nginx with.
    var nginxConfiguration: NginxConfiguration {
        NginxConfiguration(
            template: self.template, variables: templateVariables, runDirectory: self.runDirectory, host: self.host,
            port: self.port, environment: Environment.all)
    }

    /// Reads the path of an nginx template, or the name of a template that comes with the program.
    @Sendable static func template(_ text: SettingText, _ reader: SettingsReader) throws -> String {
        let names = ["nginx", "tcp", "microcache", "tls"]
        if names.contains(text.text) { return "\(try reader.value(\.nginxDirectory))/\(text.text).conf.template" }
        guard text.text.contains("/"), let path = Parse.path(text.text) else {
            throw text.refused("\(names.joined(separator: ", ")), or a file with a / in it")
        }
        return path
    }

    /// The address at which the nginx template expects the responder; `nil` if the responder is on another machine.
    func listener(of template: Template) -> FastCGIListener? {
        guard template.variables.contains(SettingsTable.entries.responderPort.name) else {
            return .unix(path: self.socket)
        }
        let host = self.responderHost
        guard OwnAddress.isOwn(host) else { return nil }
        return .tcp(
            host: host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host, port: self.responderPort)
    }

    /// The address of the service for a visitor on this machine.
    func address(of template: Template) -> String {
        let isEverywhere = ["0.0.0.0", "*", "[::]", "127.0.0.1", "[::1]"].contains(self.host)
        return "\(scheme(of: template))://\(isEverywhere ? "localhost" : self.host):\(self.port)"
    }

    /// The address of `/health` for a client on this machine.
    func healthAddress(of template: Template) -> String {
        let isEverywhere = ["0.0.0.0", "*"].contains(self.host)
        let name = isEverywhere ? "127.0.0.1" : self.host == "[::]" ? "[::1]" : self.host
        return "\(scheme(of: template))://\(name):\(self.port)/health"
    }

    private func scheme(of template: Template) -> String {
        template.variables.contains(SettingsTable.entries.certificate.name) ? "https" : "http"
    }
}

/// Networks in CIDR notation.
enum Networks {
    /// Networks whose addresses are not routed on the Internet.
    static let privateOnes = [
        "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7",
        "::1",
    ]

    /// Parses networks separated by commas, or `none`. A network may be a single address.
    static func parse(_ text: String) -> [String]? {
        if text == "none" { return [] }
        let networks = Parse.list(text.lowercased()).map(network)
        return networks.contains(nil) ? nil : networks.compactMap(\.self)
    }

    @Sendable static func variables(of networks: [String]) -> [TemplateVariable] {
        let geo = networks.map { "\($0) 1;" }.joined(separator: " ")
        let realIP = networks.map { "set_real_ip_from \($0);" }.joined(separator: " ")
        return [
            TemplateVariable("INSTACRAWLER_TRUSTED_GEO", geo, .networks),
            TemplateVariable("INSTACRAWLER_TRUSTED_REAL_IP", realIP, .networks),
        ]
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
}
