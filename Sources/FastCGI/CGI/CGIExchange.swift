import Glibc
import Synchronization

/// A request of a web server that starts a program for each: its body on standard input, its answer on standard
/// output. The program has nothing else to do, so reading and writing simply wait.
final class CGIExchange: Exchange {
    private let input: Int32
    private let output: Int32
    private let errors: Int32
    /// Bytes of the body that were not read yet.
    private let left: Mutex<Int>
    private let started = Atomic<Bool>(false)
    private let hasRead = Atomic<Bool>(false)

    /// - Parameter length: of the body in bytes.
    init(length: Int, input: Int32 = 0, output: Int32 = 1, errors: Int32 = 2) {
        left = Mutex(length)
        self.input = input
        self.output = output
        self.errors = errors
    }

    var isBodyEmpty: Bool { left.withLock { $0 == 0 } && !hasRead.load(ordering: .relaxed) }

    func readBody() async throws -> [UInt8]? {
        try left.withLock { left in
            guard left > 0 else { return nil }
            let bytes = [UInt8](unsafeUninitializedCapacity: min(left, 65_536)) { buffer, count in
                repeat { count = read(input, buffer.baseAddress, buffer.count) } while count < 0 && errno == EINTR
                count = max(0, count)
            }
            guard !bytes.isEmpty else { throw FastCGIError.requestAborted }
            left -= bytes.count
            hasRead.store(true, ordering: .relaxed)
            return bytes
        }
    }

    /// Reads what is left of the body. Some web servers (Apache's mod_cgid) lose the answer when the program ends before
    /// it has taken all that they send.
    ///
    /// - Parameter toTheEnd: whether to read as far as the input goes, whatever its length was said to be.
    func skipBody(toTheEnd: Bool) {
        left.withLock { left in
            if toTheEnd { left = Int.max }
            var piece = [UInt8](repeating: 0, count: 65_536)
            while left > 0 {
                let count = read(input, &piece, min(left, piece.count))
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { break }
                left -= count
            }
            left = 0
        }
    }

    func offer(_ bytes: UnsafeRawBufferPointer) throws -> Int {
        started.store(true, ordering: .relaxed)
        return try Self.write(bytes, to: output)
    }

    func offerErrors(_ bytes: UnsafeRawBufferPointer) throws -> Int {
        try Self.write(bytes, to: errors)
    }

    private static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) throws -> Int {
        guard !bytes.isEmpty else { return 0 }
        let count = Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        guard count >= 0 || errno == EINTR else { throw FastCGIError.requestAborted }
        return max(0, count)
    }

    func flush() throws -> Bool { true }
    func flushErrors() throws -> Bool { true }
    func waitForRoom() async throws {}
    func finish(status: Int32) throws -> Bool { true }
    func breakOff() {}
    var hasResponseStarted: Bool { started.load(ordering: .relaxed) }
}
