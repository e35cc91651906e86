import FastCGI
import Launcher

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
