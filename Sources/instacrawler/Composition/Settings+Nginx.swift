import Launcher

extension Settings {
    /// What nginx is run with.
    var nginxConfiguration: NginxConfiguration {
        NginxConfiguration(
            template: "\(nginxDirectory)/nginx.conf.template", directory: nginxDirectory, runDirectory: runDirectory,
            socket: socket, host: host, port: port, environment: Environment.all)
    }

    /// Where a person on this machine finds the service.
    var address: String {
        let isEverywhere = ["0.0.0.0", "*", "[::]", "127.0.0.1", "[::1]"].contains(host)
        return "http://\(isEverywhere ? "localhost" : host):\(port)"
    }

    /// Where this machine asks how the service is.
    var healthAddress: String {
        let isEverywhere = ["0.0.0.0", "*"].contains(host)
        return "http://\(isEverywhere ? "127.0.0.1" : host == "[::]" ? "[::1]" : host):\(port)/health"
    }
}
