import FastCGI
import Testing

@Suite("Handlers' tasks", .serialized, .timeLimit(.minutes(10)))
struct ExecutorTests {
    @Test("1,000 handlers that sleep 200 ms finish together on two workers")
    func sleeping() async throws {
        try await withServer(
            workers: 2,
            handler: { request, response in
                try await Task.sleep(for: .milliseconds(200))
                try await Handlers.hello(request, response)
            }
        ) { server in
            let clients = try await blocking { try (0..<1_000).map { _ in try RawSocket(to: server.address) } }
            let request = Wire.request()
            let expected = Wire.answer(1, Handlers.helloBytes)
            let time = try await blocking {
                let start = ContinuousClock.now
                for client in clients { try client.send(request) }
                for client in clients {
                    var answer: [UInt8] = []
                    while answer.count < expected.count {
                        let more = try client.receive()
                        guard !more.isEmpty else { break }
                        answer += more
                    }
                    #expect(answer == expected)
                }
                return ContinuousClock.now - start
            }
            print("1,000 handlers that sleep 200 ms took \(time)")
            // Handlers that occupied their threads would take 100 s on two threads.
            #expect(time < .seconds(50))
            for client in clients { client.close() }
        }
    }

    private actor Counter {
        private var count = 0

        func next() -> Int {
            count += 1
            return count
        }
    }

    @Test("a handler may hop to an actor and back")
    func hopping() async throws {
        let counter = Counter()
        try await withServer(handler: { _, response in
            var last = 0
            for _ in 0..<100 { last = await counter.next() }
            await MainActor.run {}
            try await response.write(Array("\(last > 0)".utf8))
        }) { server in
            try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        let client = try await server.connect()
                        return try await client.exchange(Wire.request()).text
                    }
                }
                for try await text in group { #expect(text == "true") }
            }
            #expect(await counter.next() == 2_001)
        }
    }

    @Test("a handler may run tasks of its own")
    func children() async throws {
        try await withServer(handler: { _, response in
            let sum = await withTaskGroup(of: Int.self) { group in
                for number in 1...100 {
                    group.addTask {
                        await Task.yield()
                        return number
                    }
                }
                return await group.reduce(0, +)
            }
            async let detached = Task.detached { 7 }.value
            try await response.write(Array("\(sum + (await detached))".utf8))
        }) { server in
            let client = try await server.connect()
            #expect(try await client.exchange(Wire.request()).text == "5057")
        }
    }

    @Test("a handler that yields for ever starves nobody, even on one worker")
    func yielding() async throws {
        let goOn = Promise<Void>()
        try await withServer(
            workers: 1,
            handler: { request, response in
                if request.parameters["REQUEST_URI"] == "/busy" {
                    while goOn.current == nil { await Task.yield() }
                }
                try await Handlers.hello(request, response)
            }
        ) { server in
            let busy = try await server.connect()
            try await busy.send(Wire.request(1, [("REQUEST_URI", "/busy")]))
            try await server.until { $0.requestsActive == 1 }
            for _ in 0..<20 {
                let client = try await server.connect()
                #expect(try await client.exchange(Wire.request()).output == Handlers.helloBytes)
            }
            goOn.fulfil()
            #expect(try await busy.answer().output == Handlers.helloBytes)
        }
    }

    @Test("a task that outlives its handler cannot reach another request")
    func leaked() async throws {
        let (outcome, reader) = (Promise<FastCGIError?>(), Promise<Task<Void, Never>>())
        try await withServer(handler: { request, response in
            guard request.parameters["REQUEST_URI"] == "/leak" else {
                return try await Handlers.echo(request, response)
            }
            reader.fulfil(
                Task {
                    do {
                        for try await _ in request.body {}
                        outcome.fulfil(nil)
                    } catch {
                        outcome.fulfil(error as? FastCGIError)
                    }
                })
            try await Task.sleep(for: .milliseconds(50))
        }) { server in
            let client = try await server.connect()
            #expect(try await client.exchange(Wire.head(1, [("REQUEST_URI", "/leak")])).status == Wire.requestComplete)
            #expect(try await outcome.wait() == .requestAborted)
            await reader.current?.value
            #expect(try await client.exchange(Wire.request(2, body: [65]), id: 2).body == [65])
        }
    }

    @Test("one worker serves many connections at once")
    func manyConnections() async throws {
        try await withServer(workers: 1, handler: Handlers.echo) { server in
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<100 {
                    group.addTask {
                        let client = try await server.connect()
                        for round in 0..<5 {
                            let body = Array("\(number) \(round)".utf8)
                            guard try await client.exchange(Wire.request(body: body)).body == body else { return false }
                        }
                        return true
                    }
                }
                for try await isRight in group { #expect(isRight) }
            }
        }
    }
}
