/// Where a server listens.
public enum FastCGIListener: Sendable, Equatable, CustomStringConvertible {
    /// A Unix socket: its path, at most 107 bytes, and its permissions, 0o000...0o777.
    ///
    /// A socket that is there already is replaced if nobody listens on it. It is removed at the end.
    case unix(path: String, mode: UInt32 = 0o660)
    /// A TCP socket: a host name or an IPv4 or IPv6 address, and a port, 0...65,535; 0 takes any that is free.
    ///
    /// If the environment variable `FCGI_WEB_SERVER_ADDRS` is set and not empty (specification, section 3.2), only
    /// peers whose addresses it lists, separated by commas, are let in.
    case tcp(host: String, port: Int)
    /// A listening socket that the process inherited, 0 or more.
    case descriptor(Int32)

    /// How the command line writes it: `unix:PATH`, `tcp:HOST:PORT` or `fd:N`.
    public var description: String {
        switch self {
        case .unix(let path, _): "unix:\(path)"
        case .tcp(let host, let port): host.contains(":") ? "tcp:[\(host)]:\(port)" : "tcp:\(host):\(port)"
        case .descriptor(let number): "fd:\(number)"
        }
    }

    /// Reads `unix:PATH`, `tcp:HOST:PORT` (an IPv6 address in brackets) or `fd:N`.
    ///
    /// - Parameter mode: the permissions of a Unix socket.
    /// - Throws: ``FastCGIError/configuration(name:value:allowed:)``.
    public init(parsing text: String, mode: UInt32 = 0o660) throws(FastCGIError) {
        let refused = FastCGIError.configuration(
            name: "the address to listen on", value: text,
            allowed: "unix:PATH (at most 107 bytes), tcp:HOST:PORT (port 0 to 65535) or fd:N")
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw refused }
        let rest = String(parts[1])
        switch parts[0] {
        case "unix":
            guard !rest.isEmpty, rest.utf8.count <= 107, !rest.utf8.contains(0) else { throw refused }
            self = .unix(path: rest, mode: mode)
        case "tcp":
            guard let colon = rest.lastIndex(of: ":"),
                rest[colon...].utf8.dropFirst().allSatisfy({ (0x30...0x39).contains($0) }),
                let port = Int(rest[rest.index(after: colon)...]), (0...65_535).contains(port)
            else { throw refused }
            var host = String(rest[..<colon])
            if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
            // A C string ends at a NUL.
            guard !host.isEmpty, !host.utf8.contains(0) else { throw refused }
            self = .tcp(host: host, port: port)
        case "fd":
            guard rest.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int32(rest) else { throw refused }
            self = .descriptor(number)
        default:
            throw refused
        }
    }
}
