import FastCGI
import TestSupport
import Testing

@Suite("Bytes in any pieces", .serialized, .timeLimit(.minutes(10)))
struct SplittingTests {
    /// Management records, a request with long and short parameters and a padded body, and a request that closes the
    /// connection.
    private static let stream: [UInt8] =
        Wire.record(Wire.getValues, 0, Wire.pair("FCGI_MPXS_CONNS", ""))
        + Wire.request(1, [("REQUEST_URI", "/a"), ("LONG", String(repeating: "l", count: 300))], body: pattern(500))
        + Wire.record(77, 0, [1, 2, 3], padding: 5)

    private static let last =
        Wire.begin(2, keep: false) + Wire.record(Wire.parameters, 2, Wire.pair("A", "b"), padding: 7)
        + Wire.record(Wire.parameters, 2, padding: 3) + Wire.record(Wire.input, 2, pattern(40), padding: 9)
        + Wire.record(Wire.input, 2, padding: 1)

    private static let answers: [UInt8] =
        Wire.padded(Wire.values, 0, Wire.pair("FCGI_MPXS_CONNS", "0"))
        + Wire.record(Wire.unknownType, 0, [77, 0, 0, 0, 0, 0, 0, 0])

    @Test("one at a time", arguments: TestServer.Transport.allCases)
    func oneByOne(_ transport: TestServer.Transport) async throws {
        try await withServer(transport, handler: Handlers.echo) { server in
            let client = try await server.connect()
            try await client.sendOneByOne(Self.stream)
            try await Self.check(client)
            try await client.sendOneByOne(Self.last)
            #expect(try await client.remaining() == Wire.answer(2, Array("\r\n\r\n".utf8) + pattern(40)))
        }
    }

    /// Reads the responses to ``stream``: those to management records may come before the request's.
    private static func check(_ client: RawClient) async throws {
        var (management, request): ([UInt8], [UInt8]) = ([], [])
        var isEnded = false
        while !isEnded || management.count < answers.count {
            guard let record = try await client.record() else { break }
            if record.id == 0 {
                management += Wire.padded(record.type, 0, record.content)
            } else {
                request += record.content
                isEnded = record.type == Wire.end
            }
        }
        #expect(management == answers)
        #expect(request == Array("\r\n\r\n".utf8) + pattern(500) + [UInt8](repeating: 0, count: 8))
    }

    @Test("all in one write", arguments: TestServer.Transport.allCases)
    func atOnce(_ transport: TestServer.Transport) async throws {
        try await withServer(transport, handler: Handlers.echo) { server in
            let client = try await server.connect()
            try await client.send(Self.stream)
            try await Self.check(client)
        }
    }

    @Test("random pieces give the same answers", arguments: 0..<12, TestServer.Transport.allCases)
    func randomly(_ seed: Int, _ transport: TestServer.Transport) async throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let largest = [2, 10, 100, 400][seed % 4]
        try await withServer(transport, handler: Handlers.echo) { server in
            let client = try await server.connect()
            for stream in [Self.stream, Self.stream] {
                var rest = stream[...]
                while !rest.isEmpty {
                    let count = Int.random(in: 1...largest, using: &generator)
                    try await client.send(Array(rest.prefix(count)))
                    rest = rest.dropFirst(count)
                }
                try await Self.check(client)
            }
        }
    }
}
