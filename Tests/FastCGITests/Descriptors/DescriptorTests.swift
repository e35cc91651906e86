import Glibc
import TestSupport
import Testing

@testable import FastCGI

/// Each test runs in its own process, because it counts or limits the descriptors of the whole process.
@Suite("Descriptors", .serialized, .timeLimit(.minutes(10)))
struct DescriptorTests {
    @Test("4,000 open connections are served, also above descriptor 1,024, and none is leaked")
    func manyConnections() async {
        await #expect(processExitsWith: .success) { await recordingErrors(DescriptorTests.manyConnectionsInItsProcess) }
    }

    fileprivate static func manyConnectionsInItsProcess() async throws {
        // Each connection needs two descriptors: the client's and the server's.
        let wanted = min(4_000, (Descriptors.limit(20_000) - 200) / 2)
        let before = try await Descriptors.baseline()
        try await withServer(handler: Handlers.hello) { server in
            let request = Wire.request()
            let expected = Wire.answer(1, Handlers.helloBytes)
            try await blocking {
                let sockets = try (0..<wanted).map { _ in try RawSocket(to: server.address) }
                for round in 0..<3 {
                    for socket in round == 1 ? sockets.reversed() : sockets {
                        try socket.send(request)
                        var answer: [UInt8] = []
                        while answer.count < expected.count {
                            let more = try socket.receive()
                            guard !more.isEmpty else { break }
                            answer += more
                        }
                        #expect(answer == expected)
                    }
                }
                #expect(sockets.contains { $0.descriptor > 1_024 })
                for socket in sockets { socket.close() }
            }
            #expect(server.statistics.requestsStarted == 3 * wanted)
            #expect(server.statistics.connectionsAccepted == wanted)
            try await server.until { $0.connectionsOpen == 0 }
        }
        try await Descriptors.expect(before)
    }

    @Test("every way a connection can end gives its descriptor back")
    func noLeaks() async {
        await #expect(processExitsWith: .success) { await recordingErrors(DescriptorTests.noLeaksInItsProcess) }
    }

    fileprivate static func noLeaksInItsProcess() async throws {
        let before = try await Descriptors.baseline()
        var limits = FastCGILimits()
        limits.receiveTimeout = .milliseconds(100)
        limits.handlerTimeout = .milliseconds(100)
        let endings: [@Sendable (RawClient) async throws -> Void] = [
            { $0.close() },
            { _ = try await $0.exchange(Wire.request(keep: false)) },
            { _ = try await $0.exchange(Wire.request()) },
            { try await $0.send([9, 9, 9, 9, 9, 9, 9, 9]) },
            { try await $0.send(Wire.begin(1)) },
            { try await $0.send(Wire.request() + Wire.abort(1)) },
            { _ = try await $0.exchange(Wire.request(1, [("REQUEST_URI", "/slow")])) },
            { try await $0.send(Wire.head(keep: false) + pattern(100_000)) },
            { try await $0.send(Wire.begin(1, role: 2, keep: false)) },
        ]
        for transport in TestServer.Transport.allCases {
            try await withServer(
                transport, limits: limits,
                handler: { request, response in
                    if request.parameters["REQUEST_URI"] == "/slow" { try await Task.sleep(for: .seconds(10)) }
                    try await Handlers.hello(request, response)
                }
            ) { server in
                for ending in endings {
                    for resets in [false, true] {
                        let client = try await server.connect()
                        try? await ending(client)
                        resets ? client.reset() : client.close()
                    }
                }
                try await server.until { $0.connectionsOpen == 0 && $0.requestsActive == 0 }
            }
        }
        for _ in 0..<20 {
            await #expect(throws: FastCGIError.self) {
                _ = try await TestServer(.unix(path: "/nonexistent/s"), handler: Handlers.hello)
            }
        }
        try await Descriptors.expect(before)
    }

    @Test("running out of descriptors stops nothing")
    func exhausted() async {
        await #expect(processExitsWith: .success) { await recordingErrors(DescriptorTests.exhaustedInItsProcess) }
    }

    fileprivate static func exhaustedInItsProcess() async throws {
        let goOn = Promise<Void>()
        try await withServer(handler: { request, response in
            if request.parameters["REQUEST_URI"] == "/slow" { try await goOn.wait() }
            try await Handlers.hello(request, response)
        }) { server in
            let (busy, idle) = (try await server.connect(), try await server.connect())
            #expect(try await idle.exchange(Wire.request()).output == Handlers.helloBytes)
            try await busy.send(Wire.request(1, [("REQUEST_URI", "/slow")]))
            try await server.until { $0.requestsActive == 1 }
            // Dispatch creates its timer at the first sleep, and traps if it cannot.
            try await Task.sleep(for: .milliseconds(1))
            // The client has its descriptor before it connects; the server's end needs another. Restore the limit
            // soon: libdispatch opens a file every second, and ends the process if it cannot.
            let fresh = try await RawClient(to: server.address, beforeConnecting: { Descriptors.limit(3) })
            try await blocking {
                while server.statistics.hits(of: .descriptors) == 0 { sched_yield() }
                Descriptors.limit(4_096)
            }
            #expect(try await idle.remaining().isEmpty, "closed to make room")
            try await fresh.send(Wire.request())
            #expect(try await fresh.answer().output == Handlers.helloBytes)
            #expect(server.hasLogged(.descriptors))
            goOn.fulfil()
            #expect(try await busy.answer().output == Handlers.helloBytes, "served all the while")
            let other = try await server.connect()
            #expect(try await other.exchange(Wire.request()).output == Handlers.helloBytes)
        }
    }

    @Test("no more connections are promised than there are descriptors, however many are asked for")
    func promised() async {
        await #expect(processExitsWith: .success) { await recordingErrors(DescriptorTests.promisedInItsProcess) }
    }

    fileprivate static func promisedInItsProcess() async throws {
        Descriptors.limit(200)
        var limits = FastCGILimits()
        limits.connections = 10_000
        try await withServer(limits: limits, handler: Handlers.hello) { server in
            let client = try await server.connect()
            try await client.send(Wire.record(Wire.getValues, 0, Wire.pair("FCGI_MAX_CONNS", "")))
            let answer = try await client.record()
            #expect(answer?.content == Wire.pair("FCGI_MAX_CONNS", "136"))
        }
    }

    @Test("a list of allowed peers in the environment is heeded")
    func allowedPeers() async {
        await #expect(processExitsWith: .success) { await recordingErrors(DescriptorTests.allowedPeersInItsProcess) }
    }

    fileprivate static func allowedPeersInItsProcess() async throws {
        setenv("FCGI_WEB_SERVER_ADDRS", "10.0.0.1, 10.0.0.2", 1)
        try await withServer(.tcp, handler: Handlers.hello) { server in
            let client = try await server.connect()
            #expect(try await client.remaining().isEmpty)
            #expect(server.statistics.connectionsAccepted == 0)
        }
        try await withServer(.unix, handler: Handlers.hello) { server in
            let client = try await server.connect()
            #expect(try await client.exchange(Wire.request()).output == Handlers.helloBytes)
        }
        for list in ["10.0.0.1, 127.0.0.1", "", " ,"] {
            setenv("FCGI_WEB_SERVER_ADDRS", list, 1)
            try await withServer(.tcp, handler: Handlers.hello) { server in
                let client = try await server.connect()
                #expect(try await client.exchange(Wire.request()).output == Handlers.helloBytes)
            }
        }
    }

    @Test("sockets that systemd passes are found and served")
    func systemd() async {
        await #expect(processExitsWith: .success) { await recordingErrors(DescriptorTests.systemdInItsProcess) }
    }

    fileprivate static func systemdInItsProcess() async throws {
        let directory = TemporaryDirectory()
        let paths = ["a", "b"].map { directory[$0] }
        // A number far above the open descriptors, so that none of the runtime's is replaced.
        let first: Int32 = 200
        for (path, place) in zip(paths, first...) {
            let (descriptor, _) = try UnixSocket.listen(path: path, mode: 0o600, backlog: 16)
            try #require(fcntl(place, F_GETFD) == -1, "nothing is open there")
            dup2(descriptor, place)
            close(descriptor)
        }
        let environment = ["LISTEN_PID": "\(getpid())", "LISTEN_FDS": "2"]
        let found = InheritedSocket.find(firstOfSystemd: first) { environment[$0] }
        #expect(found == [.descriptor(first), .descriptor(first + 1)])
        for (listener, path) in zip(found, paths) {
            let server = try await TestServer(listener, handler: Handlers.hello)
            let client = try await RawClient(to: "unix:\(path)")
            #expect(try await client.exchange(Wire.request()).output == Handlers.helloBytes)
            try await server.stop()
        }
    }
}
