import Glibc

/// An error that keeps nginx from running, for the operator.
package enum LauncherError: Error, Equatable, CustomStringConvertible {
    /// A program is not in the search path.
    case programNotFound(String)
    /// A program could not be started: its path and the reason.
    case cannotStart(String, reason: String)
    /// nginx rejects the configuration: its message.
    case configurationRefused(String)
    /// nginx was built without modules that the configuration's `listen` needs.
    case modulesMissing([String])
    /// The port is taken or not allowed.
    case cannotListen(host: String, port: Int, reason: String)
    /// A directory or file could not be written.
    case cannotWrite(String, reason: String)
    /// The run directory is not safe to use: its path and the reason.
    case runDirectory(String, reason: String)
    /// A file could not be read.
    case cannotRead(String, reason: String)
    /// A child process ended by itself.
    case childEnded(String, ExitStatus)
    /// The service did not become ready in time: its address and the last failure.
    case notReady(String, reason: String)

    /// A message for the operator, with advice.
    package var description: String {
        switch self {
        case .programNotFound(let name):
            "\(name) was not found in PATH, /usr/sbin or /usr/local/sbin; install it (Debian: apt-get install nginx-light)"
        case .cannotStart(let path, let reason): "cannot start \(path): \(reason)"
        case .configurationRefused(let output): "nginx refuses the configuration: \(output)"
        case .modulesMissing(let words):
            "this nginx is built without \(words.joined(separator: " and ")), which the configuration's listen asks for; "
                + "install one that has it (Debian: apt-get install nginx-light), or choose another configuration with "
                + "INSTACRAWLER_PROXY or --proxy"
        case .cannotListen(let host, let port, let reason):
            "cannot listen on \(host):\(port): \(reason); choose another port with PORT or --port"
        case .cannotWrite(let path, let reason): "cannot write \(path): \(reason)"
        case .runDirectory(let path, let reason):
            "cannot run in \(path): \(reason); choose another directory with INSTACRAWLER_RUN or --run"
        case .cannotRead(let path, let reason): "cannot read \(path): \(reason)"
        case .childEnded(let name, let status): "\(name) ended by itself: \(status)"
        case .notReady(let address, let reason): "\(address) gave no answer: \(reason)"
        }
    }
}

/// Recognizes addresses of this machine.
package enum OwnAddress {
    /// Returns whether a host is this machine: whether a socket can be bound to one of its addresses.
    ///
    /// - Parameter host: a name, an IPv4 address, or an IPv6 address in brackets. An unknown name returns false.
    package static func isOwn(_ host: String) -> Bool {
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(isBracketed ? String(host.dropFirst().dropLast()) : host, "0", &hints, &found) == 0 else {
            return false
        }
        defer { freeaddrinfo(found) }
        return sequence(first: found) { $0?.pointee.ai_next }.contains { entry in
            guard let entry = entry?.pointee else { return false }
            let descriptor = socket(entry.ai_family, entry.ai_socktype | Int32(SOCK_CLOEXEC.rawValue), 0)
            guard descriptor >= 0 else { return false }
            defer { close(descriptor) }
            return bind(descriptor, entry.ai_addr, entry.ai_addrlen) == 0
        }
    }
}

/// Checks that a port is free before nginx starts, which would retry for seconds and log each attempt.
package enum PortCheck {
    /// - Parameters:
    ///   - host: an IPv4 address, an IPv6 address in brackets, or `*`.
    ///   - port: 1...65,535.
    /// - Throws: ``LauncherError/cannotListen(host:port:reason:)``.
    package static func check(host: String, port: Int) throws(LauncherError) {
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
        // As in nginx, the socket of an IPv6 address does not accept IPv4.
        if address.ai_family == AF_INET6 { setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &yes, size) }
        guard bind(descriptor, address.ai_addr, address.ai_addrlen) != 0 else { return }
        let reason = errno == EADDRINUSE ? "another program listens there" : Files.message(errno)
        throw .cannotListen(host: host, port: port, reason: reason)
    }
}
