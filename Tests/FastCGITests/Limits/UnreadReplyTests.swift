import FastCGI
import Testing

@Suite("Peers that take no answers", .serialized, .timeLimit(.minutes(10)))
struct UnreadReplyTests {
    @Test("cannot make a worker wait, however full they leave the socket", arguments: TestServer.Transport.allCases)
    func nearlyFull(_ transport: TestServer.Transport) async throws {
        try await withServer(
            transport, workers: 1,
            handler: { request, response in
                try await response.write(pattern(request.parameters["REQUEST_URI"] == "/large" ? 40_000 : 100))
            }
        ) { server in
            let question = Wire.record(77, 0)
            var peers: [RawClient] = []
            for count in stride(from: 100, through: 600, by: 4) {
                let peer = try await server.connect(receiveBuffer: 4_096)
                _ = try await peer.exchange(Wire.request())
                let questions = [UInt8]([[UInt8]](repeating: question, count: count).joined())
                // The server may close the connection of a peer that reads nothing.
                try? await peer.send(questions + Wire.request(1, [("REQUEST_URI", "/large")]))
                peers.append(peer)
            }
            let other = try await server.connect()
            #expect(try await other.exchange(Wire.request()).output == pattern(100))
            for peer in peers { peer.close() }
        }
    }
}
