import Hummingbird
import HummingbirdTesting
import Logging
import ServiceLifecycle
import TestSupport
import Testing

@testable import Sandbox

@Suite("The sandbox's server", .timeLimit(.minutes(10)))
struct SandboxServerTests {
    @Test("serves on a free port until graceful shutdown, and has no address then")
    func serves() async throws {
        let server = Self.server()
        let group = ServiceGroup(services: [server], logger: .silent)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let address = try await server.address()
            let port = try #require(address.split(separator: ":").last.flatMap { Int($0) })
            #expect(address == "http://127.0.0.1:\(port)" && port > 0)
            try await TestClient.withClient(host: "127.0.0.1", port: port) { client in
                let path =
                    "/v23.0/ig_hashtag_search?user_id=17841400000000000&q=golang&access_token=sandbox-token"
                let request = TestClient.Request(path, method: .get, authority: "127.0.0.1:\(port)")
                let response = try await client.execute(request)
                #expect(response.status == .ok)
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        await #expect(throws: SandboxError.stopped) { try await server.address() }
        await #expect(throws: SandboxError.alreadyRun) { try await server.run() }
    }

    @Test("stops when its task is cancelled")
    func cancellation() async throws {
        let server = Self.server()
        let running = Task { try await server.run() }
        _ = try await server.address()
        running.cancel()
        try await running.value
        await #expect(throws: SandboxError.stopped) { try await server.address() }
    }

    @Test("says which host and port are taken, to those who wait for the address too")
    func portTaken() async throws {
        let first = Self.server()
        let running = Task { try await first.run() }
        let address = try await first.address()
        let port = try #require(address.split(separator: ":").last.flatMap { Int($0) })
        let second = Self.server(SandboxConfiguration(port: port))
        let waiting = Task { try await second.address() }
        let error = try await #require(throws: SandboxError.self) { try await second.run() }
        guard case .cannotListen("127.0.0.1", port, _) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(error.description.contains("127.0.0.1, port \(port)"))
        await #expect(throws: error) { try await waiting.value }
        running.cancel()
        try await running.value
    }

    @Test("does not start on another host than loopback")
    func otherHost() async throws {
        let server = Self.server(SandboxConfiguration(host: "0.0.0.0"))
        await #expect(throws: SandboxError.notLoopback(host: "0.0.0.0")) { try await server.run() }
        await #expect(throws: SandboxError.notLoopback(host: "0.0.0.0")) { try await server.address() }
    }

    @Test("lets go who waits for the address and is cancelled")
    func cancelledWaiter() async throws {
        let server = Self.server()
        let waiting = Task { try await server.address() }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
    }

    private static func server(_ configuration: SandboxConfiguration = SandboxConfiguration()) -> SandboxServer {
        SandboxServer(configuration: configuration, logger: .silent)
    }
}
