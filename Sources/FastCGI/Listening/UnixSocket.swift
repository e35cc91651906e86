import Glibc

/// The file of a Unix socket, remembered so that only our own is removed.
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

    /// Removes the file, unless another one has taken its place.
    func remove() {
        guard let now = Self.status(of: path), now.st_dev == device, now.st_ino == inode else { return }
        unlink(path)
    }
}

/// Makes listening Unix sockets.
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
        // Of two that start at once, one replaces a stale socket, and the other finds the first one listening.
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
        // Nobody can connect before listen(2), so the permissions are in place in time.
        guard chmod(path, mode) == 0, Glibc.listen(descriptor, backlog) == 0 else {
            let code = errno
            file?.remove()
            close(descriptor)
            throw .listen(address: address, reason: FastCGIError.message(code))
        }
        ListeningSocket.setNonBlocking(descriptor)
        return (descriptor, file)
    }

    /// Removes what a process that is gone has left; refuses when somebody listens, or when it is no socket.
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
    /// The address of a path; nil when it is empty or too long.
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
