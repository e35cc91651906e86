import FastCGI
import Testing

@Suite("Management records", .serialized, .timeLimit(.minutes(10)))
struct ManagementRecordTests {
    static let connections = 500

    private static func ask(_ names: [String]) -> [UInt8] {
        Wire.record(Wire.getValues, 0, names.flatMap { Wire.pair($0, "") })
    }

    private static func reply(_ content: [UInt8]) -> [UInt8] {
        Wire.padded(Wire.values, 0, content)
    }

    private static let maximum = Wire.pair("FCGI_MAX_CONNS", "\(connections)")
    private static let requests = Wire.pair("FCGI_MAX_REQS", "\(connections)")
    private static let multiplexing = Wire.pair("FCGI_MPXS_CONNS", "0")

    static let cases = [
        BytesCase("one name", ask(["FCGI_MPXS_CONNS"]), reply(multiplexing)),
        BytesCase(
            "all names", ask(["FCGI_MAX_CONNS", "FCGI_MAX_REQS", "FCGI_MPXS_CONNS"]),
            reply(maximum + requests + multiplexing)
        ),
        BytesCase("another order", ask(["FCGI_MPXS_CONNS", "FCGI_MAX_CONNS"]), reply(multiplexing + maximum)),
        BytesCase("a name four times", ask([String](repeating: "FCGI_MPXS_CONNS", count: 4)), reply(multiplexing)),
        BytesCase("no name", ask([]), reply([])),
        BytesCase("unknown names", ask(["FCGI_X", "", "FCGI_MAX_CONN", "fcgi_max_conns"]), reply([])),
        BytesCase("an unknown name among known ones", ask(["FCGI_X", "FCGI_MAX_REQS", "Y"]), reply(requests)),
        BytesCase("1,000 names", ask((0..<1_000).map { "NAME_\($0)" } + ["FCGI_MAX_CONNS"]), reply(maximum)),
        BytesCase("1,000 times a known name", ask([String](repeating: "FCGI_MAX_REQS", count: 1_000)), reply(requests)),
        BytesCase(
            "lengths of four bytes",
            Wire.record(Wire.getValues, 0, Wire.pair("FCGI_MPXS_CONNS", "", inFour: true), padding: 7),
            reply(multiplexing)
        ),
        BytesCase("an unknown type", Wire.record(200, 0, [1, 2, 3], padding: 5), unknown(200)),
        BytesCase("an unknown type without content", Wire.record(12, 0), unknown(12)),
        BytesCase(
            "a large record of an unknown type", Wire.record(99, 0, [UInt8](repeating: 7, count: 65_535)), unknown(99)),
        BytesCase("a stream record with id 0", Wire.record(Wire.parameters, 0, [1, 2]), unknown(Wire.parameters)),
        BytesCase("an abort with id 0", Wire.record(Wire.abort, 0), unknown(Wire.abort)),
    ]

    private static func unknown(_ type: UInt8) -> [UInt8] {
        Wire.record(Wire.unknownType, 0, [type, 0, 0, 0, 0, 0, 0, 0])
    }

    @Test("a management record alone is answered at once", arguments: cases)
    func answered(_ row: BytesCase) async throws {
        var limits = FastCGILimits()
        limits.connections = Self.connections
        try await withServer(limits: limits, handler: Handlers.hello) { server in
            let client = try await server.connect()
            try await client.send(row.sent)
            #expect(try await client.bytes(row.expected.count) == row.expected)
            #expect(try await client.exchange(Wire.request()).output == Handlers.helloBytes)
        }
    }

    @Test("management records are answered before, within and after a request")
    func between() async throws {
        try await withServer(handler: Handlers.echo) { server in
            let client = try await server.connect()
            let question = Wire.record(77, 0)
            let parameters = Wire.stream(Wire.parameters, 1, Wire.pair("REQUEST_URI", "/"))
            let input = Wire.stream(Wire.input, 1, Array("body".utf8))
            try await client.send(question + Wire.begin(1) + question + parameters + question)
            for _ in 0..<3 { #expect(try await client.record()?.type == Wire.unknownType) }
            try await client.send(input)
            #expect(try await client.answer().body == Array("body".utf8))
            try await client.send(question)
            #expect(try await client.bytes(16) == Self.unknown(77))
        }
    }

    static let malformed = [
        BytesCase("a name beyond the end", [14, 0] + Array("FCGI".utf8)),
        BytesCase("a value beyond the end", [1, 9] + Array("N".utf8)),
        BytesCase("one length only", [3]),
        BytesCase("a length of four bytes cut off", [0x80, 0, 0]),
        BytesCase("a huge length", [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3]),
    ]

    @Test("FCGI_GET_VALUES with lengths that do not fit closes the connection", arguments: malformed)
    func refused(_ row: BytesCase) async throws {
        try await withServer(handler: Handlers.hello) { server in
            let client = try await server.connect()
            try await client.send(Wire.record(Wire.getValues, 0, row.sent))
            #expect(try await client.remaining().isEmpty)
            #expect(server.statistics.protocolViolations == 1)
        }
    }

    @Test("FCGI_GET_VALUES with a request's id is ignored")
    func withID() async throws {
        try await withServer(handler: Handlers.hello) { server in
            let client = try await server.connect()
            try await client.send(Wire.record(Wire.getValues, 1, Wire.pair("FCGI_MAX_CONNS", "")))
            try await client.send(Wire.request(keep: false))
            #expect(try await client.remaining() == Wire.answer(1, Handlers.helloBytes))
        }
    }

    @Test("a peer that asks and takes no answer is closed")
    func unread() async throws {
        try await withServer(handler: Handlers.hello) { server in
            let client = try await server.connect()
            let questions = [UInt8]([[UInt8]](repeating: Wire.record(77, 0), count: 1_000).joined())
            await #expect(throws: SocketFailure.self) {
                while true { try await client.send(questions) }
            }
            try await server.until { $0.connectionsOpen == 0 }
        }
    }
}
