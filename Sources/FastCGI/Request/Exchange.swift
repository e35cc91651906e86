/// What a request and its answer are read from and written to: a FastCGI connection, or a CGI program's
/// standard streams.
protocol Exchange: Sendable {
    /// Whether the body is known to be empty already.
    var isBodyEmpty: Bool { get }
    /// Reads some of the body; nil at its end.
    func readBody() async throws -> [UInt8]?
    /// Puts bytes into the answer, as many as can be without waiting.
    func offer(_ bytes: UnsafeRawBufferPointer) throws -> Int
    /// Puts bytes into the errors, as many as can be without waiting.
    func offerErrors(_ bytes: UnsafeRawBufferPointer) throws -> Int
    /// Sends what was put; false when there is no room now.
    func flush() throws -> Bool
    /// Sends the errors that were put; false when there is no room now.
    func flushErrors() throws -> Bool
    /// Waits until there is room.
    func waitForRoom() async throws
    /// Ends the answer; false when there is no room now.
    func finish(status: Int32) throws -> Bool
    /// Ends it in the middle, so that the peer sees that it is not complete.
    func breakOff()
    /// Whether any of the answer was put.
    var hasResponseStarted: Bool { get }
}

extension Exchange {
    /// Puts all bytes, waiting for room as often as it takes.
    func write(_ bytes: [UInt8], with offer: (UnsafeRawBufferPointer) throws -> Int) async throws {
        var offered = 0
        while true {
            offered += try bytes.withUnsafeBytes { try offer(UnsafeRawBufferPointer(rebasing: $0[offered...])) }
            guard offered < bytes.count else { return }
            try await waitForRoom()
        }
    }

    /// Repeats a step until it is done, waiting for room in between.
    func untilDone(_ step: () throws -> Bool) async throws {
        while try !step() { try await waitForRoom() }
    }
}
