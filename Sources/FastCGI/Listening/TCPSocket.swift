import Glibc

/// Makes listening TCP sockets, of IPv4 or IPv6.
enum TCPSocket {
    /// Listens on a host and port.
    ///
    /// - Returns: the descriptor, and the port that was taken.
    static func listen(host: String, port: Int, backlog: Int32) throws(FastCGIError) -> (Int32, Int) {
        let address = "\(FastCGIListener.tcp(host: host, port: port))"
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, String(port), &hints, &list)
        guard code == 0 else {
            throw .listen(address: address, reason: String(cString: gai_strerror(code)))
        }
        defer { freeaddrinfo(list) }
        var reason = "the host has no address"
        var next = list
        while let info = next?.pointee {
            next = info.ai_next
            let descriptor = socket(info.ai_family, info.ai_socktype | Int32(SOCK_CLOEXEC.rawValue), 0)
            guard descriptor >= 0 else {
                reason = FastCGIError.message(errno)
                continue
            }
            SocketOptions.set(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
            if bind(descriptor, info.ai_addr, info.ai_addrlen) == 0, Glibc.listen(descriptor, backlog) == 0 {
                ListeningSocket.setNonBlocking(descriptor)
                return (descriptor, boundPort(of: descriptor) ?? port)
            }
            reason = FastCGIError.message(errno)
            close(descriptor)
        }
        throw .listen(address: address, reason: reason)
    }

    /// An address as text, without a port; that of an IPv4 peer on an IPv6 socket as IPv4 writes it.
    static func numericHost(of address: sockaddr_storage, length: socklen_t) -> String {
        guard let host = name(of: address, length: length)?.host else { return "unknown" }
        return host.hasPrefix("::ffff:") && host.contains(".") ? String(host.dropFirst(7)) : host
    }

    private static func boundPort(of descriptor: Int32) -> Int? {
        var address = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        return code == 0 ? name(of: address, length: length).flatMap { Int($0.service) } : nil
    }

    private static func name(of address: sockaddr_storage, length: socklen_t) -> (host: String, service: String)? {
        var host = [CChar](repeating: 0, count: 64)
        var service = [CChar](repeating: 0, count: 16)
        let code = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getnameinfo(
                    $0, length, &host, socklen_t(host.count), &service, socklen_t(service.count),
                    NI_NUMERICHOST | NI_NUMERICSERV)
            }
        }
        guard code == 0 else { return nil }
        return (text(host), text(service))
    }

    private static func text(_ characters: [CChar]) -> String {
        String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
