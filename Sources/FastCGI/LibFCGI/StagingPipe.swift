import CLinux
import Glibc

/// The pipe through which a worker hands a request's records to libfcgi.
///
/// libfcgi reads from a descriptor and blocks until it has what it wants, so it must not read from the peer's
/// socket. It reads from here, where a complete request lies ready. One pipe serves all connections of a
/// worker, because libfcgi takes every byte of a request before the next one is written.
final class StagingPipe {
    private(set) var readEnd: Int32 = -1
    private var writeEnd: Int32 = -1
    private let capacity: Int

    /// - Parameter capacity: how many bytes it shall hold; it may get fewer where the system allows no more, and
    ///   larger requests are dropped then.
    init(capacity: Int) throws(FastCGIError) {
        self.capacity = capacity
        try open()
    }

    deinit { discard() }

    /// Drops the pipe and whatever is left in it, so that nothing of one request gets into another. The next
    /// request gets a new one.
    ///
    /// - Parameter libfcgiClosedReadEnd: whether libfcgi has closed the end that it reads.
    func discard(libfcgiClosedReadEnd: Bool = false) {
        if readEnd >= 0, !libfcgiClosedReadEnd { close(readEnd) }
        if writeEnd >= 0 { close(writeEnd) }
        (readEnd, writeEnd) = (-1, -1)
    }

    private func open() throws(FastCGIError) {
        var descriptors: [Int32] = [-1, -1]
        guard clinux_pipe(&descriptors) == 0 else { throw .system("pipe2", errno) }
        (readEnd, writeEnd) = (descriptors[0], descriptors[1])
        _ = clinux_set_pipe_capacity(writeEnd, Int32(capacity))
    }

    /// Writes all bytes.
    ///
    /// - Throws: when they do not fit, and then nothing of them is left here.
    func write(_ bytes: [UInt8]) throws(FastCGIError) {
        if writeEnd < 0 { try open() }
        let count = bytes.withUnsafeBytes { Glibc.write(writeEnd, $0.baseAddress, $0.count) }
        guard count == bytes.count else {
            discard()
            throw .libfcgi("\(bytes.count) bytes do not fit into the staging pipe")
        }
    }
}
