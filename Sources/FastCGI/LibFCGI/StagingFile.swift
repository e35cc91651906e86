import CLinux
import Glibc

/// The file in memory through which a worker hands a request's records to libfcgi.
///
/// libfcgi reads from a descriptor and blocks until it has what it wants, so it must not read from the peer's
/// socket. It reads from here, where a complete request lies ready. One file serves all connections of a worker,
/// because libfcgi is done with a request's records before the next ones are written.
///
/// The file is mapped, so writing to it costs no system call. libfcgi reads pieces of 8 KiB, and each takes the
/// file's position on by as much; so a request is put where the position is, and the position is set back only
/// when the end is near. What libfcgi reads beyond the request it does not look at: the parameters have ended, and
/// standard input is never read through it. Should it look all the same, it finds a header of no version, and stops.
final class StagingFile {
    /// How many bytes libfcgi reads at once: the size of its buffer.
    private static let piece = 8_192
    /// How many pieces are used in turn before the position is set back.
    private static let pieces = 16

    private(set) var descriptor: Int32 = -1
    private var bytes = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    private var position = 0
    private let capacity: Int

    /// - Parameter capacity: how many bytes the records of one request may have.
    init(capacity: Int) throws(FastCGIError) {
        self.capacity = max((capacity / Self.piece + 1) * Self.piece, Self.pieces * Self.piece)
        try open()
    }

    deinit { discard() }

    private func open() throws(FastCGIError) {
        descriptor = clinux_memory_file("fastcgi-staging")
        guard descriptor >= 0 else { throw .system("memfd_create", errno) }
        let mapping =
            ftruncate(descriptor, capacity) == 0
            ? mmap(nil, capacity, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0) : MAP_FAILED
        guard let mapping, mapping != MAP_FAILED else {
            let code = errno
            discard()
            throw .system("mmap", code)
        }
        bytes = UnsafeMutableRawBufferPointer(start: mapping, count: capacity)
        position = 0
    }

    /// Drops the file, so that nothing of one request gets into another. The next request gets a new one.
    ///
    /// - Parameter libfcgiClosedIt: whether libfcgi has closed the descriptor.
    func discard(libfcgiClosedIt: Bool = false) {
        if let start = bytes.baseAddress { munmap(start, bytes.count) }
        if descriptor >= 0, !libfcgiClosedIt { close(descriptor) }
        bytes = UnsafeMutableRawBufferPointer(start: nil, count: 0)
        descriptor = -1
    }

    /// Puts the records of a request where libfcgi reads next.
    ///
    /// - Throws: when they are too many, or when the file cannot be made.
    func put(_ records: [UInt8]) throws(FastCGIError) {
        if descriptor < 0 { try open() }
        let length = (records.count + Self.piece - 1) / Self.piece * Self.piece
        guard length <= capacity else { throw .libfcgi("\(records.count) bytes do not fit into the staging file") }
        if position + length > capacity {
            guard lseek(descriptor, 0, SEEK_SET) == 0 else { throw .system("lseek", errno) }
            position = 0
        }
        let place = UnsafeMutableRawBufferPointer(rebasing: bytes[position...])
        place.copyBytes(from: records)
        for index in records.count..<min(records.count + RecordHeader.size, place.count) { place[index] = 0 }
        position += length
    }
}
