import CLinux
import Glibc

/// The file of a Unix socket, with its identity, so that the server removes only its own.
struct SocketFile: Sendable {
    let path: String
    private let device: dev_t
    private let inode: ino_t

    init?(path: String) {
        guard let status = Self.status(of: path) else { return nil }
        self.path = path
        device = status.st_dev
        inode = status.st_ino
    }

    static func status(of path: String) -> stat? {
        var status = stat()
        return lstat(path, &status) == 0 ? status : nil
    }

    /// Removes the file, unless another one has replaced it.
    func remove() {
        guard let now = Self.status(of: path), now.st_dev == device, now.st_ino == inode else { return }
        unlink(path)
    }
}

/// Creates listening Unix sockets.
enum UnixSocket {
    /// Listens on a path.
    ///
    /// - Returns: the descriptor, and the file to remove at the end.
    static func listen(
        path: String, mode: UInt32, backlog: Int32
    ) throws(FastCGIError) -> (Int32, SocketFile?) {
        let address = "unix:\(path)"
        guard let name = sockaddr_un(path: path) else {
            throw .listen(address: address, reason: "the path has \(path.utf8.count) bytes; allowed are 1 to 107")
        }
        // If two processes start at once, one replaces a stale socket, and the other finds the first one listening.
        let lock = DirectoryLock(of: path)
        defer { lock?.release() }
        try removeStale(path, name, address)
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .system("socket", errno) }
        guard name.withPointer({ bind(descriptor, $0, $1) }) == 0 else {
            let code = errno
            close(descriptor)
            throw .listen(address: address, reason: FastCGIError.message(code))
        }
        let file = SocketFile(path: path)
        // Clients can connect only after listen(2), so the permissions are already set.
        guard chmod(path, mode) == 0, Glibc.listen(descriptor, backlog) == 0 else {
            let code = errno
            file?.remove()
            close(descriptor)
            throw .listen(address: address, reason: FastCGIError.message(code))
        }
        ListeningSocket.setNonBlocking(descriptor)
        return (descriptor, file)
    }

    /// Removes the socket of a process that has ended. Throws if a process listens on it or it is not a socket.
    private static func removeStale(_ path: String, _ name: sockaddr_un, _ address: String) throws(FastCGIError) {
        guard let status = SocketFile.status(of: path) else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw .listen(address: address, reason: "there is a file that is not a socket")
        }
        let probe = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard probe >= 0 else { throw .system("socket", errno) }
        defer { close(probe) }
        ListeningSocket.setNonBlocking(probe)
        if name.withPointer({ connect(probe, $0, $1) }) == 0 || errno == EAGAIN {
            throw .listen(address: address, reason: "another process listens there")
        }
        guard errno == ECONNREFUSED else { throw .listen(address: address, reason: FastCGIError.message(errno)) }
        unlink(path)
    }
}

extension sockaddr_un {
    /// Creates the address of a path, or returns nil if the path is empty or too long.
    init?(path: String) {
        self.init()
        sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        let fits = withUnsafeMutableBytes(of: &sun_path) { place in
            guard !bytes.isEmpty, bytes.count < place.count else { return false }
            place.copyBytes(from: bytes)
            return true
        }
        guard fits else { return nil }
    }

    func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        withUnsafePointer(to: self) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}

/// Creates listening TCP sockets for IPv4 or IPv6.
enum TCPSocket {
    /// Listens on a host and port.
    ///
    /// - Returns: the descriptor and the actual port.
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

    /// Returns an address as text without the port. An IPv4 peer on an IPv6 socket is shown in IPv4 form.
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

/// Prevents processes that start at the same time from replacing a socket in the same directory.
struct DirectoryLock {
    /// The number of attempts, one every 10 ms. Another program may hold the lock for long; then the socket is
    /// created without it.
    private static let attempts = 100

    private let descriptor: Int32

    /// - Returns: nil if the directory of `path` cannot be locked.
    init?(of path: String) {
        let directory = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        for _ in 0..<Self.attempts {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return }
            guard errno == EWOULDBLOCK || errno == EINTR else { break }
            usleep(10_000)
        }
        close(descriptor)
        return nil
    }

    func release() { close(descriptor) }
}
