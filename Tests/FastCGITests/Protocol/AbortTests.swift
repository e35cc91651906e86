import FastCGI
import Testing

@Suite("FCGI_ABORT_REQUEST", .serialized, .timeLimit(.minutes(10)))
struct AbortTests {
    @Test("before the parameters end, it is answered at once", arguments: [true, false])
    func beforeParametersEnd(_ keep: Bool) async throws {
        try await withServer(handler: Handlers.hello) { server in
            let client = try await server.connect()
            let parameters = Wire.record(Wire.parameters, 5, Wire.pair("A", "b"))
            try await client.send(Wire.begin(5, keep: keep) + parameters + Wire.abort(5))
            guard keep else {
                #expect(try await client.remaining() == Wire.endRequest(5))
                return
            }
            #expect(try await client.bytes(16) == Wire.endRequest(5))
            #expect(try await client.exchange(Wire.request(5), id: 5).output == Handlers.helloBytes)
            #expect(server.statistics.requestsStarted == 1)
        }
    }

    @Test("while the handler runs, it is cancelled and the request gets its end", arguments: [true, false])
    func whileRunning(_ keep: Bool) async throws {
        let (begun, cancelled) = (Promise<Void>(), Promise<Void>())
        try await withServer(handler: Handlers.waiting(begun: begun, cancelled: cancelled)) { server in
            let client = try await server.connect()
            try await client.send(Wire.request(keep: keep))
            try await begun.wait()
            try await client.send(Wire.abort(1))
            let end = Wire.answer(1, [])
            #expect(try await client.bytes(end.count) == end)
            try await cancelled.wait()
            if !keep { #expect(try await client.remaining().isEmpty) }
            try await server.until { $0.requestsActive == 0 }
            #expect(server.statistics.requestsAborted == 1)
        }
    }

    @Test("what the handler wrote before is sent")
    func afterOutput() async throws {
        let (begun, cancelled) = (Promise<Void>(), Promise<Void>())
        try await withServer(handler: { _, response in
            try await response.write(Handlers.helloBytes)
            begun.fulfil()
            do {
                try await Task.sleep(for: .seconds(30))
            } catch {
                cancelled.fulfil()
                throw error
            }
        }) { server in
            let client = try await server.connect()
            try await client.send(Wire.request())
            try await begun.wait()
            try await client.send(Wire.abort(1))
            let expected = Wire.answer(1, Handlers.helloBytes)
            #expect(try await client.bytes(expected.count) == expected)
            try await cancelled.wait()
        }
    }

    @Test("while the handler waits for the body, reading fails")
    func whileReading() async throws {
        let failure = Promise<FastCGIError?>()
        try await withServer(handler: { request, _ in
            do {
                for try await _ in request.body {}
            } catch {
                failure.fulfil(error as? FastCGIError)
            }
        }) { server in
            let client = try await server.connect()
            try await client.send(Wire.head() + Wire.record(Wire.input, 1, [1]) + Wire.abort(1))
            #expect(try await client.answer().status == Wire.requestComplete)
            #expect(try await failure.wait() == .requestAborted)
        }
    }

    @Test("what an aborted handler still writes goes nowhere")
    func lateOutput() async throws {
        let (begun, goOn) = (Promise<Void>(), Promise<Void>())
        let failure = Promise<FastCGIError?>()
        try await withServer(handler: { request, response in
            guard request.parameters["REQUEST_URI"] == "/slow" else {
                return try await Handlers.hello(request, response)
            }
            begun.fulfil()
            while goOn.current == nil { await Task.yield() }
            do {
                try await response.write(Array("late".utf8))
            } catch {
                failure.fulfil(error as? FastCGIError)
            }
        }) { server in
            let client = try await server.connect()
            try await client.send(Wire.request(1, [("REQUEST_URI", "/slow")]))
            try await begun.wait()
            try await client.send(Wire.abort(1))
            #expect(try await client.answer().status == Wire.requestComplete)
            try await client.send(Wire.request())
            let hello = Wire.answer(1, Handlers.helloBytes)
            #expect(try await client.bytes(hello.count) == hello)
            goOn.fulfil()
            #expect(try await failure.wait() == .requestAborted)
        }
    }

    @Test("requests that follow an abort in the same write are answered")
    func followedByRequest() async throws {
        try await withServer(handler: { request, response in
            if request.parameters["REQUEST_URI"] == "/slow" { try await Task.sleep(for: .seconds(30)) }
            try await response.write(Handlers.helloBytes)
        }) { server in
            let client = try await server.connect()
            let slow = Wire.request(1, [("REQUEST_URI", "/slow")])
            try await client.send(slow + Wire.abort(1) + slow + Wire.abort(1) + Wire.request())
            let expected = Wire.answer(1, []) + Wire.answer(1, []) + Wire.answer(1, Handlers.helloBytes)
            #expect(try await client.bytes(expected.count) == expected)
            #expect(server.statistics.requestsAborted == 2)
        }
    }

    @Test("a peer that aborts and closes at once leaves nothing open")
    func abortAndClose() async throws {
        let cancelled = Promise<Void>()
        try await withServer(handler: Handlers.waiting(cancelled: cancelled)) { server in
            let client = try await server.connect()
            try await client.send(Wire.request() + Wire.abort(1))
            client.close()
            try await server.until { $0.connectionsOpen == 0 && $0.requestsActive == 0 }
        }
    }
}
