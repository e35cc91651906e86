import Glibc

/// Tells this machine from others.
public enum OwnAddress {
    /// Whether a host is this machine: whether a socket can be bound to one of its addresses.
    ///
    /// - Parameter host: a name, an IPv4 address, or an IPv6 address in brackets. A name that nobody knows is no machine.
    public static func isOwn(_ host: String) -> Bool {
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
