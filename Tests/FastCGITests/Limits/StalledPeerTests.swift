import FastCGI
import Testing

@Suite("Peers that stall", .serialized, .timeLimit(.minutes(10)))
struct StalledPeerTests {
    @Test("64 of them delay nobody, and are closed at their deadline", arguments: TestServer.Transport.allCases)
    func stalled(_ transport: TestServer.Transport) async throws {
        var limits = FastCGILimits()
        limits.receiveTimeout = .seconds(3)
        try await withServer(transport, limits: limits, handler: Handlers.hello) { server in
            var peers: [RawClient] = []
            for _ in 0..<64 {
                let peer = try await server.connect()
                try await peer.send(Array(Wire.head().prefix(37)))
                peers.append(peer)
            }
            try await server.until { $0.connectionsAccepted == 64 }
            let slow = try await server.connect()
            async let slowly: Void = slow.sendOneByOne(Wire.request())
            // Take the best of several, because the machine may be busy.
            var best = Duration.seconds(10)
            for _ in 0..<10 where best >= .milliseconds(50) {
                let start = ContinuousClock.now
                let client = try await server.connect()
                #expect(try await client.exchange(Wire.request()).output == Handlers.helloBytes)
                best = min(best, ContinuousClock.now - start)
                client.close()
            }
            print("answered in \(best) beside 64 stalled peers")
            #expect(best < .milliseconds(50))
            try await slowly
            #expect(try await slow.answer().output == Handlers.helloBytes)
            for peer in peers {
                let rest = try await peer.remaining()
                #expect(rest.isEmpty)
            }
            #expect(server.statistics.hits(of: .receiveTimeout) == 64 && server.hasLogged(.receiveTimeout))
            try await server.until { $0.connectionsOpen == 1 }
        }
    }
}
