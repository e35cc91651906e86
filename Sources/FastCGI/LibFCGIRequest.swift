import CFastCGI
import CLinux
import Glibc

/// One request in libfcgi, which reads the parameters and frames standard output, standard error and the end of the
/// request.
///
/// Here libfcgi never accepts, never waits and never closes a descriptor: it reads the request from a
/// ``StagingFile``, it writes only if the socket has room (`Connection` checks first), and the socket is removed from
/// the request before it is freed. Not thread-safe: the connection's lock guards it.
final class LibFCGIRequest {
    private let request: UnsafeMutablePointer<FCGX_Request>

    /// Initialises libfcgi, which must happen before the first request.
    ///
    /// libfcgi installs a `SIGPIPE` handler if there is none. For `SIGTERM` and `SIGUSR1` it would install handlers
    /// that do nothing, so these signals could not end the process until the program installs its own handlers.
    /// Therefore their handling is left unchanged.
    static let isInitialised: Bool = clinux_holding_signals([SIGTERM, SIGUSR1], 2) { FCGX_Init() } == 0

    /// Passes a request to libfcgi.
    ///
    /// - Parameters:
    ///   - file: the worker's staging file.
    ///   - socket: the destination of the response.
    /// - Throws: an error if libfcgi rejects the request, which should not happen after the checks of ``RecordGate``.
    init(_ head: RequestHead, through file: StagingFile, to socket: Int32) throws(FastCGIError) {
        guard Self.isInitialised else { throw .libfcgi("FCGX_Init") }
        try file.put(head.records())
        request = .allocate(capacity: 1)
        FCGX_InitRequest(request, -1, 0)
        request.pointee.ipcFd = file.descriptor
        request.pointee.keepConnection = 1  // otherwise FCGX_Accept_r closes the descriptor first
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

    /// Returns the parameters that libfcgi read.
    func parameters() -> FastCGIParameters {
        FastCGIParameters(environment: request.pointee.envp)
    }

    /// The number of bytes of standard output that fit before the next flush.
    var room: Int { Self.room(of: request.pointee.out) }

    /// The number of bytes of standard error that fit before the next flush.
    var errorRoom: Int { Self.room(of: request.pointee.err) }

    private static func room(of stream: UnsafeMutablePointer<FCGX_Stream>) -> Int {
        stream.pointee.stop - stream.pointee.wrNext
    }

    /// Adds at most ``room`` bytes to the buffer of standard output.
    func put(_ bytes: UnsafeRawBufferPointer) {
        Self.put(bytes, to: request.pointee.out)
    }

    /// Adds at most ``errorRoom`` bytes to the buffer of standard error.
    func putError(_ bytes: UnsafeRawBufferPointer) {
        Self.put(bytes, to: request.pointee.err)
    }

    private static func put(_ bytes: UnsafeRawBufferPointer, to stream: UnsafeMutablePointer<FCGX_Stream>) {
        guard let base = bytes.baseAddress else { return }
        FCGX_PutStr(base.assumingMemoryBound(to: CChar.self), Int32(bytes.count), stream)
    }

    /// Writes the buffer of standard output. Returns false if the write failed.
    func flush() -> Bool { FCGX_FFlush(request.pointee.out) == 0 }

    /// Writes the buffer of standard error. Returns false if the write failed.
    func flushErrors() -> Bool { FCGX_FFlush(request.pointee.err) == 0 }

    /// Writes both buffers and ends the request.
    ///
    /// - Parameter status: the application's status, for the web server.
    /// - Returns: false if the write failed.
    func finish(status: Int32) -> Bool {
        request.pointee.appStatus = status
        let errors = FCGX_FClose(request.pointee.err)
        let output = FCGX_FClose(request.pointee.out)
        return errors == 0 && output == 0
    }
}

/// A file in memory through which a worker passes the records of a request to libfcgi.
///
/// libfcgi blocks until it has read all it needs, so it must not read from the peer's socket. It reads from this
/// file, which holds a complete request. One file serves all connections of a worker, because libfcgi has read one
/// request before the next is written.
///
/// The file is mapped, so writing to it needs no system call. libfcgi reads 8 KiB at a time, and each read moves the
/// file's position. Therefore a request is written at the current position, and the position returns to 0 only near
/// the end of the file. libfcgi ignores the bytes it reads after the request: the parameters have ended, and it never
/// reads standard input from the file. If it did, it would find a header with version 0 and stop.
final class StagingFile {
    /// The number of bytes that libfcgi reads at once: the size of its buffer.
    private static let piece = 8_192
    /// The number of pieces to use before the position returns to 0.
    private static let pieces = 16

    private(set) var descriptor: Int32 = -1
    private var bytes = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    private var position = 0
    private let capacity: Int

    /// - Parameter capacity: the largest size of one request's records, in bytes.
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

    /// Discards the file, so that no part of one request gets into another. The next request gets a new file.
    ///
    /// - Parameter libfcgiClosedIt: whether libfcgi has closed the descriptor.
    func discard(libfcgiClosedIt: Bool = false) {
        if let start = bytes.baseAddress { munmap(start, bytes.count) }
        if descriptor >= 0, !libfcgiClosedIt { close(descriptor) }
        bytes = UnsafeMutableRawBufferPointer(start: nil, count: 0)
        descriptor = -1
    }

    /// Writes the records of a request at the position where libfcgi reads next.
    ///
    /// - Throws: an error if the records are too large or the file cannot be created.
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
