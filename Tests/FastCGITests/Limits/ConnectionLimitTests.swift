import FastCGI
import Testing

@Suite("The limit of connections", .serialized, .timeLimit(.minutes(10)))
struct ConnectionLimitTests {
    private static func limits(_ connections: Int) -> FastCGILimits {
        var limits = FastCGILimits()
        limits.connections = connections
        return limits
    }

    @Test("the connection that is idle longest makes room for a new one")
    func evicts() async throws {
        try await withServer(limits: Self.limits(3), handler: Handlers.hello) { server in
            var clients: [RawClient] = []
            for _ in 0..<3 {
                let client = try await server.connect()
                _ = try await client.exchange(Wire.request())
                clients.append(client)
            }
            _ = try await clients[0].exchange(Wire.request())
            let fourth = try await server.connect()
            #expect(try await fourth.exchange(Wire.request()).output == Handlers.helloBytes)
            #expect(try await clients[1].remaining().isEmpty)
            #expect(try await clients[0].exchange(Wire.request()).output == Handlers.helloBytes)
            #expect(try await clients[2].exchange(Wire.request()).output == Handlers.helloBytes)
            #expect(server.statistics.connectionsOpen == 3)
            #expect(server.statistics.hits(of: .connections) >= 1 && server.hasLogged(.connections))
        }
    }

    @Test("while none is idle, a new one waits")
    func waits() async throws {
        let goOn = Promise<Void>()
        try await withServer(
            limits: Self.limits(2),
            handler: { request, response in
                if request.parameters["REQUEST_URI"] == "/slow" { try await goOn.wait() }
                try await Handlers.hello(request, response)
            }
        ) { server in
            let slow = [try await server.connect(), try await server.connect()]
            for client in slow { try await client.send(Wire.request(1, [("REQUEST_URI", "/slow")])) }
            try await server.until { $0.requestsActive == 2 }
            let third = try await server.connect()
            try await third.send(Wire.request())
            try await server.until { $0.hits(of: .connections) > 0 }
            #expect(server.statistics.connectionsAccepted == 2)
            goOn.fulfil()
            #expect(try await third.answer().output == Handlers.helloBytes)
            for client in slow {
                let answer = try await client.answer()
                #expect(answer.output == Handlers.helloBytes)
            }
        }
    }

    @Test("one that waits is let in when another closes")
    func letIn() async throws {
        try await withServer(limits: Self.limits(1), handler: Handlers.hello) { server in
            let first = try await server.connect()
            try await first.send(Wire.begin(1))
            try await server.until { $0.connectionsAccepted == 1 }
            let second = try await server.connect()
            try await second.send(Wire.request())
            try await server.until { $0.hits(of: .connections) > 0 }
            first.close()
            #expect(try await second.answer().output == Handlers.helloBytes)
        }
    }

    @Test("a flood of new connections is served one after the other")
    func flood() async throws {
        try await withServer(limits: Self.limits(4), handler: Handlers.hello) { server in
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<100 {
                    group.addTask {
                        let client = try await server.connect()
                        let answer = try await client.exchange(Wire.request(keep: false))
                        return answer.output == Handlers.helloBytes
                    }
                }
                for try await isAnswered in group { #expect(isAnswered) }
            }
            try await server.until { $0.connectionsOpen == 0 }
        }
    }
}
