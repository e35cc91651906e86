import Glibc

/// What an accepted connection is set to.
enum SocketOptions {
    /// The least room for answers that the kernel keeps of a TCP connection, in bytes. A TCP socket counts as
    /// writable with a third of it free, which must hold what libfcgi writes at once, some 9 KiB.
    private static let sendBuffer: Int32 = 131_072
    /// How long a write may block, in seconds, should one block in spite of all.
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
