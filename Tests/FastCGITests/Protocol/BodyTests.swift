import FastCGI
import Testing

@Suite("Standard input", .serialized, .timeLimit(.minutes(10)))
struct BodyTests {
    static let streams = [
        BytesCase("no bytes", Wire.record(Wire.input, 1)),
        BytesCase("no bytes, padded", Wire.record(Wire.input, 1, padding: 255)),
        BytesCase("one record", Wire.stream(Wire.input, 1, pattern(100)), pattern(100)),
        BytesCase(
            "one padded record", Wire.record(Wire.input, 1, pattern(5), padding: 3) + Wire.record(Wire.input, 1),
            pattern(5)),
        BytesCase("a record of 65,535 bytes", Wire.stream(Wire.input, 1, pattern(65_535)), pattern(65_535)),
        BytesCase("many records", Wire.stream(Wire.input, 1, pattern(10_000), recordSize: 11), pattern(10_000)),
        BytesCase("records of one byte", Wire.stream(Wire.input, 1, pattern(300), recordSize: 1), pattern(300)),
        BytesCase(
            "padded records of every size",
            (1...255).flatMap { Wire.record(Wire.input, 1, pattern($0), padding: $0) }
                + Wire.record(Wire.input, 1, padding: 9), (1...255).flatMap { pattern($0) }),
        BytesCase("a megabyte", Wire.stream(Wire.input, 1, pattern(1_048_576)), pattern(1_048_576)),
    ]

    @Test("a body arrives whole", arguments: streams, TestServer.Transport.allCases)
    func arrives(_ row: BytesCase, _ transport: TestServer.Transport) async throws {
        try await withServer(transport, handler: Handlers.echo) { server in
            let client = try await server.connect()
            for _ in 0..<2 {
                async let sending: Void = client.send(Wire.head() + row.sent)
                #expect(try await client.answer().body == row.expected)
                try await sending
            }
        }
    }

    @Test("the handler begins before the body is there")
    func beginsBefore() async throws {
        let begun = Promise<Void>()
        try await withServer(handler: { request, response in
            begun.fulfil()
            try await Handlers.echo(request, response)
        }) { server in
            let client = try await server.connect()
            try await client.send(Wire.head())
            try await begun.wait()
            #expect(try await client.exchange(Wire.stream(Wire.input, 1, [65, 66])).body == [65, 66])
        }
    }

    @Test("each piece reaches the handler as it comes")
    func pieces() async throws {
        try await withServer(handler: { request, response in
            for try await piece in request.body {
                try await response.write(piece)
                try await response.flush()
            }
        }) { server in
            let client = try await server.connect()
            try await client.send(Wire.head())
            for byte in UInt8(1)...50 {
                try await client.send(Wire.record(Wire.input, 1, [byte]))
                #expect(try await client.record()?.content == [byte])
            }
            #expect(try await client.exchange(Wire.record(Wire.input, 1)).status == Wire.requestComplete)
        }
    }

    @Test(
        "an answer is not lost when the handler reads nothing of the body",
        arguments: TestServer.Transport.allCases, [true, false])
    func neverRead(_ transport: TestServer.Transport, _ keep: Bool) async throws {
        try await withServer(transport, handler: Handlers.hello) { server in
            for _ in 0..<10 {
                let client = try await server.connect()
                let body = Wire.stream(Wire.input, 1, pattern(1_000_000))
                async let sending: Void = client.send(Wire.head(keep: keep) + body)
                let answer = try await client.answer()
                #expect(answer == Answer(output: Handlers.helloBytes, status: Wire.requestComplete))
                try await sending
                guard keep else { continue }
                #expect(try await client.exchange(Wire.request()).output == Handlers.helloBytes)
            }
        }
    }

    @Test("a handler may stop reading half-way", arguments: [true, false])
    func halfRead(_ keep: Bool) async throws {
        try await withServer(handler: { request, response in
            for try await _ in request.body { break }
            try await Handlers.hello(request, response)
        }) { server in
            let client = try await server.connect()
            let body = Wire.stream(Wire.input, 1, pattern(2_000_000))
            async let sending: Void = client.send(Wire.head(keep: keep) + body)
            #expect(try await client.answer().output == Handlers.helloBytes)
            try await sending
            if keep { #expect(try await client.exchange(Wire.request()).output == Handlers.helloBytes) }
        }
    }

    @Test("the server stops reading while the handler does", arguments: TestServer.Transport.allCases)
    func backPressure(_ transport: TestServer.Transport) async throws {
        let (goOn, whole) = (Promise<Void>(), Promise<[UInt8]>())
        try await withServer(
            transport,
            handler: { request, response in
                try await goOn.wait()
                try await Handlers.collecting(into: whole)(request, response)
            }
        ) { server in
            let client = try await server.connect()
            let body = pattern(15_000_000)
            let stream = Wire.head() + Wire.stream(Wire.input, 1, body)
            let taken = try await blocking { try client.socket.send(stream, untilStalledFor: 300) }
            #expect(taken < 12_000_000, "the sockets' buffers and 128 KiB")
            goOn.fulfil()
            async let sending: Void = client.send(Array(stream[taken...]))
            #expect(try await client.answer().status == Wire.requestComplete)
            #expect(try await whole.wait() == body)
            try await sending
        }
    }

    @Test("reading after the end gives the end again")
    func afterEnd() async throws {
        try await withServer(handler: { request, response in
            for try await _ in request.body {}
            var again = request.body.makeAsyncIterator()
            let next = try await again.next()
            try await response.write(Array("\(next == nil)".utf8))
        }) { server in
            let client = try await server.connect()
            #expect(try await client.exchange(Wire.request(body: [1, 2, 3])).text == "true")
        }
    }
}
