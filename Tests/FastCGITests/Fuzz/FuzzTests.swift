import FastCGI
import TestSupport
import Testing

@Suite("Mutated streams", .serialized, .timeLimit(.minutes(60)))
struct FuzzTests {
    @Test("leave no crash, no leak and no stuck worker")
    func server() async {
        await #expect(processExitsWith: .success) { await recordingErrors(FuzzTests.serverInItsProcess) }
    }

    fileprivate static func serverInItsProcess() async throws {
        let fuzzer = Fuzzer(streams: 5_000)
        let before = try await Descriptors.baseline()
        var limits = FastCGILimits()
        limits.parameterBytes = 4_096
        limits.bodyBytes = 100_000
        try await withServer(
            limits: limits,
            handler: { request, response in
                _ = request.parameters["REQUEST_URI"]
                if request.parameters["CONTENT_LENGTH"] != nil { try await response.writeError("odd\n") }
                try await Handlers.echo(request, response)
            }
        ) { server in
            let start = ContinuousClock.now
            let sent = try await fuzzer.run(against: server.address)
            print("\(sent) mutated streams in \(ContinuousClock.now - start), seed \(fuzzer.seed)")
            #expect(sent >= fuzzer.streams)
            let client = try await server.connect()
            let answer = try await client.exchange(Wire.request(body: [65]))
            #expect(answer.body == [65], "after seed \(fuzzer.seed)")
            try await server.until { $0.requestsActive == 0 }
            client.close()
            try await server.until { $0.connectionsOpen == 0 }
            #expect(server.statistics.requestsStarted > sent / 10, "the streams must be good enough to matter")
        }
        try await Descriptors.expect(before)
    }

    @Test("mean the same to the gate whole and in pieces")
    func gate() throws {
        let fuzzer = Fuzzer(streams: 5_000)
        let corpus = try Corpus.load()
        var generator = SeededGenerator(seed: fuzzer.seed)
        for round in 0..<5_000 {
            let bytes = try Mutator.mutated(corpus, &generator)
            let whole = GateTrace.events(ofPieces: [bytes])
            let pieces = GateTrace.events(ofPieces: Mutator.split(bytes, &generator))
            #expect(whole == pieces, "seed \(fuzzer.seed), stream \(round)")
        }
    }
}
