import Glibc
import TestSupport
import Testing

@testable import FastCGI
@testable import Launcher

/// The resources that `up` needs: an address, a separate directory, and descriptors.
@Suite("up and the machine", .serialized, .timeLimit(.minutes(10)))
struct RunTests {
    @Test(
        "It listens on an IPv6 address, however that is written, and check finds it",
        .enabled(if: Loopback.hasIPv6), arguments: ["::1", "[::1]", "::"])
    func ipv6(host: String) async throws {
        try await Deployment.with(environment: ["INSTACRAWLER_HOST": host]) { deployment in
            #expect(deployment.browser.base.hasPrefix("http://[::1]:"))
            #expect(try await deployment.browser.get("/status").status == 200)
            let check = try await Program.run(
                Machine.instacrawler, ["check"],
                environment: ["PORT": "\(deployment.port)", "INSTACRAWLER_HOST": host])
            #expect(check.status == .exited(0), "\(check.output)")
        }
    }

    @Test("Over TCP the responder may have an IPv6 address", .enabled(if: Loopback.hasIPv6))
    func responderIPv6() async throws {
        let settings = [
            "INSTACRAWLER_PROXY": "tcp", "INSTACRAWLER_RESPONDER_HOST": "::1",
            "INSTACRAWLER_RESPONDER_PORT": "\(Machine.freePort())",
        ]
        try await Deployment.with(environment: settings) { deployment in
            let status = try await deployment.browser.get("/status").status
            #expect(status == 200)
        }
    }

    @Test("A second up in the same directory ends with 1, and the first one's files stay as they are")
    func twice() async throws {
        try await Deployment.with { deployment in
            let before = Machine.read("\(deployment.directory["run"])/nginx.conf")
            var environment = Deployment.environment(
                deployment.directory, port: Machine.freePort(), graph: deployment.sandboxAddress)
            environment["INSTACRAWLER_SOCKET"] = deployment.directory["other.sock"]
            let second = try await Program.run(Machine.instacrawler, ["up"], environment: environment)
            #expect(second.status == .exited(1))
            #expect(second.output.contains("another instacrawler up runs with it"), "\(second.output)")
            #expect(Machine.read("\(deployment.directory["run"])/nginx.conf") == before)
            #expect(try await deployment.browser.get("/status").status == 200)
        }
    }

    @Test("What others have put into the run directory is not included: a directory that they may write to is refused")
    func openDirectory() async throws {
        let directory = TemporaryDirectory()
        mkdir(directory["run"], 0o755)
        directory.write("nonsense;", to: "run/nginx-modules-theirs.conf")
        let environment = Deployment.environment(directory, port: Machine.freePort(), graph: "http://127.0.0.1:1")
        chmod(directory["run"], 0o1777)
        let refused = try await Program.run(Machine.instacrawler, ["up"], environment: environment)
        #expect(refused.status == .exited(1))
        #expect(refused.output.contains("others may write to it: chmod go-w \(directory["run"])"), "\(refused.output)")
        #expect(access(directory["run/nginx.conf"], F_OK) != 0)
        chmod(directory["run"], 0o755)
        let up = try await Program.start(Machine.instacrawler, ["up"], environment: environment)
        #expect(await up.line(containing: "InstaCrawler is ready") != nil, "\(up.output)")
        #expect(await up.stop() == .exited(0))
    }

    @Test("With fewer descriptors than it needs it does not start, and says so", arguments: ["up", "respond"])
    func tooFewDescriptors(command: String) async throws {
        let directory = TemporaryDirectory()
        let environment = Deployment.environment(directory, port: Machine.freePort(), graph: "http://127.0.0.1:1")
        let arguments = command == "up" ? [command] : [command, "--listen", "unix:\(directory["s"])"]
        let result = try await Program.run(
            try #require(Machine.find("prlimit")), ["--nofile=200:200", Machine.instacrawler] + arguments,
            environment: environment)
        #expect(result.status == .exited(1))
        #expect(result.output.contains("only 200 files may be open at once, and 256 are needed"), "\(result.output)")
    }

    @Test("With 400 descriptors it survives 700 connections while pictures are fetched, and gives all back")
    func fewDescriptors() async throws {
        let deployment = try await Deployment.start(
            sandbox: ["--picture-delay", "2s"], descriptors: 400)
        // Endless requests from a web server that opens any number of connections.
        let half = RecordHeader(type: .beginRequest, requestID: 1, contentLength: 8)
        var bytes: [UInt8] = []
        half.append(to: &bytes)
        let connections = (0..<700).compactMap { _ in try? HalfRequest(to: deployment.socket, bytes) }
        #expect(connections.count == 700)
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<30 {
                group.addTask { _ = try? await deployment.browser.get("/latest/\(number)/image") }
            }
        }
        for connection in connections { connection.close() }
        try await eventually("it answers again") {
            (try? await deployment.browser.get("/latest").status) == 200
        }
        #expect(try await deployment.browser.get("/latest/0/image").status == 200)
        try await eventually("descriptors are given back") {
            let metrics = try await deployment.browser.get("/metrics").text
            let line = metrics.split(separator: "\n").first { $0.hasPrefix("process_open_fds ") }
            return (line?.split(separator: " ").last.flatMap { Double($0) }).map { $0 < 120 } ?? false
        }
        #expect(await deployment.up.stop() == .exited(0), "\(deployment.up.output)")
        await deployment.sandbox.stop()
    }
}

/// A connection to a Unix socket that has sent the start of a request.
private struct HalfRequest {
    private let descriptor: Int32

    init(to path: String, _ bytes: [UInt8]) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        let name = try #require(sockaddr_un(path: path))
        let isConnected = name.withPointer { connect(descriptor, $0, $1) } == 0
        if !isConnected { Glibc.close(descriptor) }
        try #require(isConnected)
        _ = send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    func close() { Glibc.close(descriptor) }
}
