/// One request on a ``Connection``, for its handler.
struct ConnectionExchange: Exchange {
    let connection: Connection
    /// Names the request: once it is over, everything here fails.
    let serial: UInt64

    var isBodyEmpty: Bool { connection.state.withLock { $0.open(serial) != nil && $0.body.isEmpty } }

    func readBody() async throws -> [UInt8]? {
        try await connection.readBody(serial: serial)
    }

    func offer(_ bytes: UnsafeRawBufferPointer) throws -> Int {
        try connection.offer(bytes, to: .output, of: serial)
    }

    func offerErrors(_ bytes: UnsafeRawBufferPointer) throws -> Int {
        try connection.offer(bytes, to: .errors, of: serial)
    }

    func flush() throws -> Bool {
        try connection.flush(.output, of: serial)
    }

    func flushErrors() throws -> Bool {
        try connection.flush(.errors, of: serial)
    }

    func waitForRoom() async throws {
        try await connection.waitForRoom(serial: serial)
    }

    func finish(status: Int32) throws -> Bool {
        try connection.finish(status: status, serial: serial)
    }

    func breakOff() {
        connection.breakOff(serial: serial)
    }

    var hasResponseStarted: Bool {
        connection.state.withLock { $0.open(serial) == nil || $0.hasResponseStarted }
    }
}
