import Glibc

/// A pipe that closes its ends when it is deallocated.
final class Pipe: Sendable {
    let readEnd: Int32
    let writeEnd: Int32

    init() throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw SocketFailure("pipe") }
        (readEnd, writeEnd) = (ends[0], ends[1])
        _ = fcntl(readEnd, F_SETFL, O_NONBLOCK)
    }

    deinit {
        close(readEnd)
        close(writeEnd)
    }

    func write(_ bytes: [UInt8]) throws {
        guard Glibc.write(writeEnd, bytes, bytes.count) == bytes.count else { throw SocketFailure("write") }
    }

    /// Returns the current content without waiting for more.
    func readAll() throws -> String {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = read(readEnd, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
}
