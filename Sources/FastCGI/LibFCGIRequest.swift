import CFastCGI
import CLinux
import Glibc

/// One request in libfcgi's hands: it read the parameters, and it frames standard output, standard error and
/// the end of the request.
///
/// libfcgi never accepts, never waits and never closes a descriptor here: the request is read from a
/// ``StagingFile``, writing happens only when the socket has room (`Connection` asks first), and the socket is
/// taken from it before it is freed. Not thread-safe: the connection's lock guards it.
final class LibFCGIRequest {
    private let request: UnsafeMutablePointer<FCGX_Request>

    /// Must have run once before the first request. Where nothing handles `SIGPIPE` yet, libfcgi's handler does from
    /// then on. It would take `SIGTERM` and `SIGUSR1` as well, and do nothing about them: a process that is told to end
    /// before whoever uses this server has its own handlers would not end.
    static let isInitialised: Bool = clinux_holding_signals([SIGTERM, SIGUSR1], 2) { FCGX_Init() } == 0

    /// Reads a request.
    ///
    /// - Parameters:
    ///   - head: the request.
    ///   - file: the worker's staging file.
    ///   - socket: where the answer goes.
    /// - Throws: when libfcgi does not take it, which a checked request gives no cause for.
    init(_ head: RequestHead, through file: StagingFile, to socket: Int32) throws(FastCGIError) {
        guard Self.isInitialised else { throw .libfcgi("FCGX_Init") }
        try file.put(head.records())
        request = .allocate(capacity: 1)
        FCGX_InitRequest(request, -1, 0)
        request.pointee.ipcFd = file.descriptor
        request.pointee.keepConnection = 1  // else FCGX_Accept_r begins by closing the descriptor
        guard FCGX_Accept_r(request) == 0 else {
            file.discard(libfcgiClosedIt: true)
            throw .libfcgi("FCGX_Accept_r")
        }
        request.pointee.ipcFd = socket
    }

    deinit {
        FCGX_Free(request, 0)
        request.deallocate()
    }

    /// The parameters that libfcgi read.
    func parameters() -> FastCGIParameters {
        FastCGIParameters(environment: request.pointee.envp)
    }

    /// How many bytes of standard output can be put before it must be flushed.
    var room: Int { Self.room(of: request.pointee.out) }

    /// How many bytes of standard error can be put before it must be flushed.
    var errorRoom: Int { Self.room(of: request.pointee.err) }

    private static func room(of stream: UnsafeMutablePointer<FCGX_Stream>) -> Int {
        stream.pointee.stop - stream.pointee.wrNext
    }

    /// Puts bytes into standard output's buffer; there must be ``room`` for them.
    func put(_ bytes: UnsafeRawBufferPointer) {
        Self.put(bytes, to: request.pointee.out)
    }

    /// Puts bytes into standard error's buffer; there must be ``errorRoom`` for them.
    func putError(_ bytes: UnsafeRawBufferPointer) {
        Self.put(bytes, to: request.pointee.err)
    }

    private static func put(_ bytes: UnsafeRawBufferPointer, to stream: UnsafeMutablePointer<FCGX_Stream>) {
        guard let base = bytes.baseAddress else { return }
        FCGX_PutStr(base.assumingMemoryBound(to: CChar.self), Int32(bytes.count), stream)
    }

    /// Writes what is in the buffers; false when the socket took it not.
    func flush() -> Bool { FCGX_FFlush(request.pointee.out) == 0 }

    /// Writes what is in standard error's buffer; false when the socket took it not.
    func flushErrors() -> Bool { FCGX_FFlush(request.pointee.err) == 0 }

    /// Writes what is left and ends the request.
    ///
    /// - Parameter status: the application's status, for the web server.
    /// - Returns: whether the socket took it.
    func finish(status: Int32) -> Bool {
        request.pointee.appStatus = status
        let errors = FCGX_FClose(request.pointee.err)
        let output = FCGX_FClose(request.pointee.out)
        return errors == 0 && output == 0
    }
}

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
