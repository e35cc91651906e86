import Glibc
import Synchronization

/// The web server's side of a connection: writes any bytes and reads the response.
final class RawClient: Sendable {
    let socket: RawSocket
    private let unread = Mutex<[UInt8]>([])

    init(
        to address: String, receiveBuffer: Int32? = nil, beforeConnecting: @escaping @Sendable () -> Void = {}
    ) async throws {
        socket = try await blocking {
            try RawSocket(to: address, receiveBuffer: receiveBuffer, beforeConnecting: beforeConnecting)
        }
    }

    func send(_ bytes: [UInt8]) async throws {
        try await blocking { [socket] in try socket.send(bytes) }
    }

    /// Sends each byte separately.
    func sendOneByOne(_ bytes: [UInt8]) async throws {
        try await blocking { [socket] in
            for byte in bytes {
                try socket.send(CollectionOfOne(byte))
                sched_yield()
            }
        }
    }

    /// Reads exactly `count` bytes, or fewer if the server closes the connection.
    func bytes(_ count: Int) async throws -> [UInt8] {
        try await blocking { [self] in try take(count) }
    }

    private func take(_ count: Int, atOnce: Int = 65_536) throws -> [UInt8] {
        try unread.withLock { unread in
            while unread.count < count {
                let more = try socket.receive(atMost: atOnce)
                if more.isEmpty { break }
                unread += more
            }
            defer { unread.removeFirst(min(count, unread.count)) }
            return Array(unread.prefix(count))
        }
    }

    /// Reads the next record. Returns nil if the server has closed the connection.
    func record() async throws -> WireRecord? {
        try await blocking { [self] in try takeRecord() }
    }

    private func takeRecord(atOnce: Int = 65_536) throws -> WireRecord? {
        let header = try take(8, atOnce: atOnce)
        guard header.count == 8 else { return nil }
        let length = Int(header[4]) << 8 | Int(header[5])
        let content = try take(length, atOnce: atOnce)
        _ = try take(Int(header[6]), atOnce: atOnce)
        return WireRecord(type: header[1], id: UInt16(header[2]) << 8 | UInt16(header[3]), content: content)
    }

    /// Reads the records of a request to its end.
    ///
    /// - Parameter atOnce: the number of bytes to read at a time.
    func answer(to id: UInt16 = 1, atOnce: Int = 65_536) async throws -> Answer {
        try await blocking { [self] in
            var answer = Answer()
            while let record = try takeRecord(atOnce: atOnce) {
                guard record.id == id else { continue }
                switch record.type {
                case Wire.output: answer.output += record.content
                case Wire.errors: answer.errors += record.content
                case Wire.end:
                    answer.status = record.content[4]
                    return answer
                default: break
                }
            }
            return answer
        }
    }

    /// Reads everything until the server closes the connection; a reset counts as closing.
    func remaining() async throws -> [UInt8] {
        try await blocking { [self] in
            var all: [UInt8] = unread.withLock { unread in
                defer { unread = [] }
                return unread
            }
            do {
                while case let more = try socket.receive(), !more.isEmpty { all += more }
            } catch let failure as SocketFailure where failure.code == ECONNRESET {
                return all
            }
            return all
        }
    }

    /// Sends a request and reads its response.
    func exchange(_ request: [UInt8], id: UInt16 = 1) async throws -> Answer {
        try await send(request)
        return try await answer(to: id)
    }

    func finishSending() { socket.finishSending() }
    func close() { socket.close() }
    func reset() { socket.reset() }
}
