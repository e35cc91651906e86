import CLinux
import Glibc
import Synchronization

/// A socket from which the server accepts connections.
final class ListeningSocket: Sendable {
    /// The result of ``accept()``.
    enum Accepted {
        case connection(Int32)
        /// No connection waits, or another process accepted it first.
        case none
        /// The peer with this address is not allowed to connect.
        case refused(String)
        /// The system call failed with this `errno`.
        case failed(Int32)
    }

    /// The number of connections that may wait to be accepted; the system may allow fewer.
    static let backlog: Int32 = 4_096

    let descriptor: Int32
    /// The address in the form of the command line, with the actual port.
    let address: String
    /// Whether the server created the socket. Other processes may share an inherited socket and its queue.
    let isOwn: Bool
    private let isTCP: Bool
    private let isClosed = Atomic<Bool>(false)
    private let allowedPeers: Set<String>?
    /// The file of a Unix socket that the server created.
    private let file: SocketFile?

    private init(
        descriptor: Int32, address: String, isOwn: Bool = true, isTCP: Bool, allowedPeers: Set<String>?,
        file: SocketFile? = nil
    ) {
        self.descriptor = descriptor
        self.isOwn = isOwn
        self.address = address
        self.isTCP = isTCP
        self.allowedPeers = allowedPeers
        self.file = file
    }

    /// Opens a listener.
    ///
    /// - Parameter allowedPeers: the addresses of the TCP peers that may connect; nil for all.
    static func open(_ listener: FastCGIListener, allowedPeers: Set<String>?) throws(FastCGIError) -> ListeningSocket {
        switch listener {
        case .unix(let path, let mode):
            let (descriptor, file) = try UnixSocket.listen(path: path, mode: mode, backlog: backlog)
            return ListeningSocket(
                descriptor: descriptor, address: "\(listener)", isTCP: false, allowedPeers: nil, file: file)
        case .tcp(let host, let port):
            let (descriptor, bound) = try TCPSocket.listen(host: host, port: port, backlog: backlog)
            return ListeningSocket(
                descriptor: descriptor, address: "\(FastCGIListener.tcp(host: host, port: bound))", isTCP: true,
                allowedPeers: allowedPeers)
        case .descriptor(let number):
            guard InheritedSocket.isListening(number) else {
                throw .listen(address: "\(listener)", reason: "it is not a listening socket")
            }
            setNonBlocking(number)
            let isTCP = InheritedSocket.family(number) != AF_UNIX
            return ListeningSocket(
                descriptor: number, address: "\(listener)", isOwn: false, isTCP: isTCP,
                allowedPeers: isTCP ? allowedPeers : nil)
        }
    }

    /// Makes `accept` return at once if another process on the same socket was faster.
    static func setNonBlocking(_ descriptor: Int32) {
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }

    /// Accepts one connection. It is a blocking socket, so that libfcgi's writes are complete; reads use
    /// `MSG_DONTWAIT`.
    func accept() -> Accepted {
        var address = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let connection = clinux_accept(descriptor, &address, &length)
        guard connection >= 0 else {
            switch errno {
            case EAGAIN, EINTR, ECONNABORTED: return .none
            default: return .failed(errno)
            }
        }
        if let allowedPeers {
            let peer = TCPSocket.numericHost(of: address, length: length)
            guard allowedPeers.contains(peer) else {
                Glibc.close(connection)
                return .refused(peer)
            }
        }
        SocketOptions.prepare(connection, isTCP: isTCP)
        return .connection(connection)
    }

    /// Whether a connection waits to be accepted.
    var isAwaited: Bool {
        var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&request, 1, 0) == 1
    }

    /// Removes the file of a Unix socket that the server created. Clients no longer find it, and a successor can
    /// create its own.
    func removeFile() { file?.remove() }

    /// Stops listening, and removes the file of a Unix socket that the server created. Later calls do nothing.
    func close() {
        guard !isClosed.exchange(true, ordering: .acquiringAndReleasing) else { return }
        removeFile()
        Glibc.close(descriptor)
    }
}

/// An address to listen on.
public enum FastCGIListener: Sendable, Equatable, CustomStringConvertible {
    /// A Unix socket with its path, at most 107 bytes, and its permissions, 0o000...0o777.
    ///
    /// An existing socket is replaced if no process listens on it. The socket is removed at the end.
    case unix(path: String, mode: UInt32 = 0o660)
    /// A TCP socket with a host name or an IPv4 or IPv6 address, and a port, 0...65,535; 0 selects any free port.
    ///
    /// If the environment variable `FCGI_WEB_SERVER_ADDRS` is set and not empty (specification, section 3.2), only
    /// peers in its comma-separated list of addresses may connect.
    case tcp(host: String, port: Int)
    /// A listening socket that the process inherited; the descriptor is 0 or more.
    case descriptor(Int32)

    /// The address in the form of the command line: `unix:PATH`, `tcp:HOST:PORT` or `fd:N`.
    public var description: String {
        switch self {
        case .unix(let path, _): "unix:\(path)"
        case .tcp(let host, let port): host.contains(":") ? "tcp:[\(host)]:\(port)" : "tcp:\(host):\(port)"
        case .descriptor(let number): "fd:\(number)"
        }
    }

    /// Parses the address of a listener.
    ///
    /// - Parameters:
    ///   - text: `unix:PATH`, `tcp:HOST:PORT` (an IPv6 address in brackets) or `fd:N`.
    ///   - mode: the permissions of a Unix socket.
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
            // A NUL would end the C string early.
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

/// Finds the listening sockets that the parent process opened for this one.
public enum InheritedSocket {
    /// The descriptor on which spawn-fcgi, multiwatch, lighttpd and mod_fcgid pass the socket (specification, section
    /// 2.2).
    public static let standardInput: Int32 = 0
    /// The first descriptor that systemd passes (sd_listen_fds(3)).
    private static let firstOfSystemd: Int32 = 3

    /// Returns the sockets that systemd passed to this process; if there are none, descriptor 0 if it is a listening
    /// socket.
    ///
    /// - Parameter environment: returns the value of a variable.
    /// - Returns: the listeners, possibly none.
    public static func find(environment: (String) -> String?) -> [FastCGIListener] {
        find(firstOfSystemd: firstOfSystemd, environment: environment)
    }

    /// For tests, which run in a process whose descriptor 3 is already in use.
    static func find(firstOfSystemd: Int32, environment: (String) -> String?) -> [FastCGIListener] {
        let ofSystemd = systemdSockets(first: firstOfSystemd, environment: environment)
        if !ofSystemd.isEmpty { return ofSystemd }
        return isListening(standardInput) ? [.descriptor(standardInput)] : []
    }

    private static func systemdSockets(first: Int32, environment: (String) -> String?) -> [FastCGIListener] {
        guard let process = environment("LISTEN_PID").flatMap({ Int32($0) }), process == getpid(),
            let count = environment("LISTEN_FDS").flatMap({ Int32($0) }), (1...64).contains(count)
        else { return [] }
        return (first..<first + count).filter(isListening).map { .descriptor($0) }
    }

    /// Returns whether a descriptor is a listening stream socket.
    static func isListening(_ descriptor: Int32) -> Bool {
        option(descriptor, SO_ACCEPTCONN) == 1 && option(descriptor, SO_TYPE) == Int32(SOCK_STREAM.rawValue)
    }

    /// Returns the address family of a socket, such as `AF_UNIX`.
    static func family(_ descriptor: Int32) -> Int32? { option(descriptor, SO_DOMAIN) }

    private static func option(_ descriptor: Int32, _ name: Int32) -> Int32? {
        var value: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(descriptor, SOL_SOCKET, name, &value, &length) == 0 ? value : nil
    }
}

/// The options of accepted connections.
enum SocketOptions {
    /// The send buffer of a TCP connection, in bytes. A TCP socket counts as writable if a third of the buffer is
    /// free, which must hold the most that libfcgi writes at once, about 9 KiB.
    private static let sendBuffer: Int32 = 131_072
    /// The time limit in seconds for a write that blocks unexpectedly.
    private static let lastResort = 60

    static func prepare(_ descriptor: Int32, isTCP: Bool) {
        var time = timeval(tv_sec: lastResort, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
        guard isTCP else { return }
        set(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        set(descriptor, SOL_SOCKET, SO_KEEPALIVE, 1)
        set(descriptor, SOL_SOCKET, SO_SNDBUF, sendBuffer)
    }

    static func set(_ descriptor: Int32, _ level: Int32, _ option: Int32, _ value: Int32) {
        var value = value
        setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }
}
