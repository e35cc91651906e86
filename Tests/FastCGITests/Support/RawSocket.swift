import Glibc
import Synchronization

@testable import FastCGI

/// A blocking socket of the web server's side; every call times out after ten seconds.
final class RawSocket: Sendable {
    let descriptor: Int32
    private let isOpen = Atomic<Bool>(true)

    /// Connects to an address in the format of `FastCGIListener`.
    ///
    /// - Parameter beforeConnecting: called after the descriptor of a Unix socket is created.
    init(to address: String, receiveBuffer: Int32? = nil, beforeConnecting: () -> Void = {}) throws {
        switch try FastCGIListener(parsing: address) {
        case .unix(let path, _):
            guard let name = sockaddr_un(path: path) else { throw SocketFailure("path", EINVAL) }
            descriptor = try Self.make(AF_UNIX, receiveBuffer)
            beforeConnecting()
            guard name.withPointer({ connect(descriptor, $0, $1) }) == 0 else { throw closing("connect") }
        case .tcp(let host, let port):
            var list: UnsafeMutablePointer<addrinfo>?
            var hints = addrinfo()
            hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
            guard getaddrinfo(host, String(port), &hints, &list) == 0, let info = list?.pointee else {
                throw SocketFailure("getaddrinfo", EINVAL)
            }
            defer { freeaddrinfo(list) }
            descriptor = try Self.make(info.ai_family, receiveBuffer)
            guard connect(descriptor, info.ai_addr, info.ai_addrlen) == 0 else { throw closing("connect") }
            SocketOptions.set(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        case .descriptor:
            throw SocketFailure("connect", EINVAL)
        }
    }

    deinit { close() }

    private static func make(_ family: Int32, _ receiveBuffer: Int32?) throws -> Int32 {
        let descriptor = socket(family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SocketFailure("socket") }
        var time = timeval(tv_sec: 10, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
        }
        if let receiveBuffer { SocketOptions.set(descriptor, SOL_SOCKET, SO_RCVBUF, receiveBuffer) }
        return descriptor
    }

    private func closing(_ call: String) -> SocketFailure {
        let failure = SocketFailure(call)
        close()
        return failure
    }

    func send(_ bytes: some Collection<UInt8>) throws {
        let bytes = Array(bytes)
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress?.advanced(by: sent), $0.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw SocketFailure("send") }
            sent += count
        }
    }

    /// Sends bytes until the peer has accepted nothing for a time.
    ///
    /// - Returns: the number of bytes sent.
    func send(_ bytes: [UInt8], untilStalledFor milliseconds: Int32) throws -> Int {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(
                    descriptor, $0.baseAddress?.advanced(by: sent), $0.count - sent,
                    Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
            }
            if count > 0 {
                sent += count
            } else {
                guard errno == EAGAIN else { throw SocketFailure("send") }
                var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                if poll(&request, 1, milliseconds) == 0 { return sent }
            }
        }
        return sent
    }

    /// Returns the bytes that have arrived; none if the peer has closed the connection.
    func receive(atMost count: Int = 65_536) throws -> [UInt8] {
        var received = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            received = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            filled = max(0, received)
        }
        guard received >= 0 else { throw SocketFailure("recv") }
        return bytes
    }

    /// Closes the sending side; receiving remains possible.
    func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    func close() {
        if isOpen.exchange(false, ordering: .acquiringAndReleasing) { Glibc.close(descriptor) }
    }

    /// Closes the connection with a reset.
    func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        close()
    }
}
