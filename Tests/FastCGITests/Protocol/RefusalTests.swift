import FastCGI
import Testing

@Suite("What is refused, and what is ignored", .serialized, .timeLimit(.minutes(10)))
struct RefusalTests {
    @Test("a second request while one is open is refused, and the first is answered")
    func multiplexing() async throws {
        try await withServer(handler: Handlers.echo) { server in
            let client = try await server.connect()
            let second = Wire.request(2, [("REQUEST_URI", "/second")], body: Array("second".utf8))
            try await client.send(Wire.head(1) + second)
            #expect(try await client.bytes(16) == Wire.endRequest(2, Wire.cannotMultiplex))
            try await client.send(Wire.stream(Wire.input, 1, Array("first".utf8)))
            #expect(try await client.answer(to: 1).body == Array("first".utf8))
            #expect(server.statistics.requestsStarted == 1)
        }
    }

    @Test("a second request is refused while the first one's parameters arrive")
    func multiplexingWithinParameters() async throws {
        try await withServer(handler: Handlers.parameters) { server in
            let client = try await server.connect()
            try await client.send(Wire.begin(7) + Wire.record(Wire.parameters, 7, Wire.pair("A", "1")))
            try await client.send(Wire.request(8, [("B", "2")]))
            #expect(try await client.bytes(16) == Wire.endRequest(8, Wire.cannotMultiplex))
            try await client.send(Wire.stream(Wire.parameters, 7, Wire.pair("C", "3")) + Wire.record(Wire.input, 7))
            #expect(try await client.answer(to: 7).text == "\r\n\r\nFCGI_ROLE=RESPONDER\nA=1\nC=3\n")
        }
    }

    @Test("a refused request may be sent again once the first one is answered")
    func again() async throws {
        try await withServer(handler: Handlers.echo) { server in
            let client = try await server.connect()
            try await client.send(Wire.head(1) + Wire.begin(2))
            #expect(try await client.bytes(16) == Wire.endRequest(2, Wire.cannotMultiplex))
            try await client.send(Wire.record(Wire.input, 1))
            #expect(try await client.answer(to: 1).status == Wire.requestComplete)
            #expect(try await client.exchange(Wire.request(2, body: [65]), id: 2).body == [65])
        }
    }

    private static let hello = Wire.answer(1, Handlers.helloBytes)
    private static let parameters = Wire.stream(Wire.parameters, 1, Wire.pair("REQUEST_URI", "/"))

    static let ignored = [
        BytesCase("parameters of another id", Wire.record(Wire.parameters, 9, [0xFF, 0xFF, 0xFF])),
        BytesCase("standard input of another id", Wire.record(Wire.input, 9, [1, 2, 3], padding: 9)),
        BytesCase("an abort of another id", Wire.abort(9)),
        BytesCase("data, which is for filters", Wire.record(Wire.data, 1, [1, 2, 3])),
        BytesCase("an application's record", Wire.record(Wire.output, 1, [1, 2, 3])),
        BytesCase("an unknown type with an id", Wire.record(123, 1, [1])),
        BytesCase("the end of a request", Wire.endRequest(1)),
    ]

    @Test("records that mean nothing here are ignored wherever they come", arguments: ignored)
    func ignores(_ row: BytesCase) async throws {
        try await withServer(handler: Handlers.hello) { server in
            let client = try await server.connect()
            for _ in 0..<2 {
                let begin = Wire.begin(1)
                let input = Wire.stream(Wire.input, 1, [1, 2])
                try await client.send(
                    row.sent + begin + row.sent + Self.parameters + row.sent + input + row.sent)
                #expect(try await client.bytes(Self.hello.count) == Self.hello)
            }
        }
    }

    @Test("an abort when no request is open is ignored")
    func lateAbort() async throws {
        try await withServer(handler: Handlers.hello) { server in
            let client = try await server.connect()
            try await client.send(Wire.abort(1) + Wire.request())
            #expect(try await client.bytes(Self.hello.count) == Self.hello)
            try await client.send(Wire.abort(1) + Wire.request(keep: false))
            #expect(try await client.remaining() == Self.hello)
        }
    }

    static let violations = [
        BytesCase("version 0", Wire.record(Wire.begin, 1, [0, 1, 1, 0, 0, 0, 0, 0], version: 0)),
        BytesCase("version 2", Wire.record(Wire.begin, 1, [0, 1, 1, 0, 0, 0, 0, 0], version: 2)),
        BytesCase("another protocol", Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8)),
        BytesCase("FCGI_BEGIN_REQUEST of 7 bytes", Wire.record(Wire.begin, 1, [0, 1, 1, 0, 0, 0, 0])),
        BytesCase("FCGI_BEGIN_REQUEST of 9 bytes", Wire.record(Wire.begin, 1, [0, 1, 1, 0, 0, 0, 0, 0, 0])),
        BytesCase("FCGI_BEGIN_REQUEST of no bytes", Wire.record(Wire.begin, 1)),
        BytesCase("FCGI_BEGIN_REQUEST of id 0", Wire.begin(0)),
        BytesCase("a request's id again while it is open", Wire.begin(1) + Wire.begin(1)),
        BytesCase("name of 1-byte length beyond the end", malformed([5, 0] + Array("NAME".utf8))),
        BytesCase("value of 1-byte length beyond the end", malformed([4, 2] + Array("NAMEv".utf8))),
        BytesCase("name of 4-byte length beyond the end", malformed([0x80, 0, 0, 5, 0] + Array("NAME".utf8))),
        BytesCase("value of 4-byte length beyond the end", malformed([4, 0x80, 0, 1, 0] + Array("NAMEv".utf8))),
        BytesCase("one length only", malformed([4])),
        BytesCase("a 4-byte length cut off", malformed([0x80, 0, 0])),
        BytesCase("a 4-byte value length cut off", malformed([1, 0x80, 0, 0])),
        BytesCase("lengths that add up to more than 32 bits", malformed([UInt8](repeating: 0xFF, count: 8) + [65])),
        BytesCase("a good pair and then a bad one", malformed(Wire.pair("A", "b") + [1])),
    ]

    private static func malformed(_ content: [UInt8]) -> [UInt8] {
        Wire.begin(1) + Wire.stream(Wire.parameters, 1, content)
    }

    @Test("what breaks the protocol closes the connection, and no handler sees it", arguments: violations)
    func closes(_ row: BytesCase) async throws {
        try await withServer(handler: Handlers.hello) { server in
            let client = try await server.connect()
            try await client.send(row.sent)
            #expect(try await client.remaining().isEmpty)
            #expect(server.statistics.protocolViolations == 1)
            #expect(server.statistics.requestsStarted == 0)
            let again = try await server.connect()
            try await again.send(row.sent)
            #expect(try await again.remaining().isEmpty)
            let lines = server.log.texts.filter { $0.contains("broke the protocol") }
            #expect((1...2).contains(lines.count) && server.statistics.protocolViolations == 2)
            let other = try await server.connect()
            try await other.send(Wire.request())
            #expect(try await other.bytes(Self.hello.count) == Self.hello)
        }
    }

    @Test("other roles are refused", arguments: [0, 2, 3, 4, 257, 65_535] as [UInt16], [true, false])
    func roles(_ role: UInt16, _ keep: Bool) async throws {
        try await withServer(handler: Handlers.hello) { server in
            let client = try await server.connect()
            try await client.send(Wire.begin(3, role: role, keep: keep) + Wire.stream(Wire.parameters, 3, []))
            let refusal = Wire.endRequest(3, Wire.unknownRole)
            guard keep else {
                #expect(try await client.remaining() == refusal)
                return
            }
            #expect(try await client.bytes(refusal.count) == refusal)
            try await client.send(Wire.record(Wire.input, 3) + Wire.request())
            #expect(try await client.bytes(Self.hello.count) == Self.hello)
            #expect(server.statistics.requestsStarted == 1)
        }
    }
}
