import Glibc

/// Looks whether a port is free before nginx tries, which would try for seconds and say it at length.
public enum PortCheck {
    /// - Parameters:
    ///   - host: an IPv4 address, `*`, or an IPv6 address in brackets, which is left to nginx.
    ///   - port: 1...65,535.
    /// - Throws: ``LauncherError/cannotListen(host:port:reason:)``.
    public static func check(host: String, port: Int) throws(LauncherError) {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        guard inet_pton(AF_INET, host == "*" ? "0.0.0.0" : host, &address.sin_addr) == 1 else { return }
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code != 0 else { return }
        let reason = errno == EADDRINUSE ? "another program listens there" : Files.message(errno)
        throw .cannotListen(host: host, port: port, reason: reason)
    }
}
