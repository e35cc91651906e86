import Glibc

/// Looks whether a port is free before nginx tries, which would try for seconds and say it at length.
public enum PortCheck {
    /// - Parameters:
    ///   - host: an IPv4 address, an IPv6 address in brackets, or `*`.
    ///   - port: 1...65,535.
    /// - Throws: ``LauncherError/cannotListen(host:port:reason:)``.
    public static func check(host: String, port: Int) throws(LauncherError) {
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        let name = host == "*" ? "0.0.0.0" : isBracketed ? String(host.dropFirst().dropLast()) : host
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(name, String(port), &hints, &found) == 0, let address = found?.pointee else { return }
        defer { freeaddrinfo(found) }
        let descriptor = socket(address.ai_family, address.ai_socktype | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else {
            throw .cannotListen(host: host, port: port, reason: Files.message(errno))
        }
        defer { close(descriptor) }
        var yes: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, size)
        // As nginx does: the socket of an IPv6 address leaves IPv4 to another one.
        if address.ai_family == AF_INET6 { setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &yes, size) }
        guard bind(descriptor, address.ai_addr, address.ai_addrlen) != 0 else { return }
        let reason = errno == EADDRINUSE ? "another program listens there" : Files.message(errno)
        throw .cannotListen(host: host, port: port, reason: reason)
    }
}
