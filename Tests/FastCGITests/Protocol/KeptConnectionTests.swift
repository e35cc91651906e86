import Testing

@Suite("Kept-alive and closing connections", .serialized, .timeLimit(.minutes(10)))
struct KeptConnectionTests {
    @Test("a kept-alive connection answers and stays open", arguments: TestServer.Transport.allCases)
    func keeps(_ transport: TestServer.Transport) async throws {
        try await withServer(transport, handler: Handlers.hello) { server in
            let client = try await server.connect()
            for _ in 0..<3 {
                let expected = Wire.answer(1, Handlers.helloBytes)
                try await client.send(Wire.request())
                #expect(try await client.bytes(expected.count) == expected)
            }
            #expect(server.statistics.connectionsOpen == 1)
            #expect(server.statistics.connectionsAccepted == 1)
            #expect(server.statistics.requestsStarted == 3)
        }
    }

    @Test("a connection that is not to be kept is closed after the answer", arguments: TestServer.Transport.allCases)
    func closes(_ transport: TestServer.Transport) async throws {
        try await withServer(transport, handler: Handlers.hello) { server in
            let client = try await server.connect()
            try await client.send(Wire.request(keep: false))
            #expect(try await client.remaining() == Wire.answer(1, Handlers.helloBytes))
            try await server.until { $0.connectionsOpen == 0 }
        }
    }

    @Test("requests in turn on one connection carry their own ids", arguments: [1, 2, 255, 256, 65_535] as [UInt16])
    func ids(_ id: UInt16) async throws {
        try await withServer(handler: Handlers.hello) { server in
            let client = try await server.connect()
            for id in [id, 1, id] {
                let expected = Wire.answer(id, Handlers.helloBytes)
                try await client.send(Wire.request(id))
                #expect(try await client.bytes(expected.count) == expected)
            }
        }
    }

    @Test("a request that closes may follow one that keeps")
    func keepThenClose() async throws {
        try await withServer(handler: Handlers.hello) { server in
            let client = try await server.connect()
            #expect(try await client.exchange(Wire.request()).status == Wire.requestComplete)
            try await client.send(Wire.request(keep: false))
            #expect(try await client.remaining() == Wire.answer(1, Handlers.helloBytes))
        }
    }

    @Test("a handler that writes nothing gives an empty answer")
    func emptyAnswer() async throws {
        try await withServer(handler: { _, _ in }) { server in
            let client = try await server.connect()
            try await client.send(Wire.request(keep: false))
            #expect(try await client.remaining() == Wire.answer(1, []))
        }
    }

    @Test("a handler that throws before its answer gives status 500, and the connection stays")
    func throwing() async throws {
        struct Broken: Error {}
        try await withServer(handler: { _, _ in throw Broken() }) { server in
            let client = try await server.connect()
            for _ in 0..<2 {
                let answer = try await client.exchange(Wire.request())
                #expect(answer.text.hasPrefix("Status: 500 Internal Server Error\r\n"))
                #expect(answer.status == Wire.requestComplete)
            }
        }
    }

    @Test("a handler that throws in the middle of its answer breaks the connection off")
    func throwingMidway() async throws {
        struct Broken: Error {}
        try await withServer(handler: { _, response in
            try await response.write(Handlers.helloBytes)
            try await response.flush()
            throw Broken()
        }) { server in
            let client = try await server.connect()
            let answer = try await client.exchange(Wire.request())
            #expect(answer.output == Handlers.helloBytes)
            #expect(answer.status == nil)
        }
    }
}
