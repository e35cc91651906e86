import CLinux
import Glibc
import Synchronization

/// A socket that connections are accepted from.
final class ListeningSocket: Sendable {
    /// What ``accept()`` gave.
    enum Accepted {
        case connection(Int32)
        /// Nobody waits, or another process was faster.
        case none
        /// The peer, whose address is given, is not let in.
        case refused(String)
        /// The system's error.
        case failed(Int32)
    }

    /// How many connections may wait to be accepted; the system may allow fewer.
    static let backlog: Int32 = 4_096

    let descriptor: Int32
    /// How the command line writes where it listens; with the port that was taken.
    let address: String
    /// Whether we made it. One that was inherited may have other processes on it, for which its queue is, too.
    let isOwn: Bool
    private let isTCP: Bool
    private let isClosed = Atomic<Bool>(false)
    private let allowedPeers: Set<String>?
    /// The file of a Unix socket that we made, and what it was then.
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
    /// - Parameter allowedPeers: the addresses of the TCP peers that are let in; nil for all.
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

    /// Accepting must not wait: another process on the same socket may have been faster.
    static func setNonBlocking(_ descriptor: Int32) {
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }

    /// Takes one connection. It blocks, so that libfcgi's writes are whole; whoever reads it asks not to wait.
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

    /// Whether somebody waits to be accepted.
    var isAwaited: Bool {
        var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&request, 1, 0) == 1
    }

    /// Removes the file of a Unix socket that we made: nobody finds it any more, and a successor may make its own.
    func removeFile() { file?.remove() }

    /// Stops listening, and removes the file of a Unix socket that we made. Once only.
    func close() {
        guard !isClosed.exchange(true, ordering: .acquiringAndReleasing) else { return }
        removeFile()
        Glibc.close(descriptor)
    }
}
