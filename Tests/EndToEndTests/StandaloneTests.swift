import Glibc
import TestSupport
import Testing

@testable import Launcher

@Suite("The responder alone", .serialized, .timeLimit(.minutes(10)))
struct StandaloneTests {
    private static func respondEnvironment(_ graph: String) -> [String: String] {
        ["INSTAGRAM_GRAPH_URL": "\(graph)/v23.0", "INSTACRAWLER_INTERVAL": "1s", "INSTACRAWLER_DATABASE": ":memory:"]
    }

    private static func cgiFCGI(_ socket: String, _ environment: [String: String]) async throws -> String {
        let client = try #require(Machine.find("cgi-fcgi"))
        return try await Program.run(client, ["-bind", "-connect", socket], environment: environment).output
    }

    @Test("Under spawn-fcgi with two processes it answers cgi-fcgi and, behind it, nginx")
    func spawnFCGI() async throws {
        let directory = TemporaryDirectory()
        let (sandbox, graph) = try await Deployment.sandbox(["--period", "10m"])
        let socket = directory["responder.sock"]
        let spawn = try await Program.run(
            try #require(Machine.find("spawn-fcgi")),
            ["-s", socket, "-F", "2", "-P", directory["pids"], "--", Machine.instacrawler, "respond"],
            environment: Self.respondEnvironment(graph))
        #expect(spawn.status == .exited(0), "\(spawn.output)")
        let ids = Machine.read(directory["pids"]).split(separator: "\n").compactMap { Int32($0) }
        #expect(ids.count == 2)
        defer { for id in ids { kill(id, SIGKILL) } }

        let request = ["REQUEST_METHOD": "GET", "REQUEST_URI": "/status", "SERVER_PROTOCOL": "HTTP/1.1"]
        let status = try await Self.cgiFCGI(socket, request)
        #expect(status.hasPrefix("Status: 200 OK\r\n"))
        #expect(status.hasSuffix("\r\n\r\n{\"status\":\"OK\",\"URI\":\"\"}\n"))

        let port = Machine.freePort()
        let settings = [
            "PORT": "\(port)", "INSTACRAWLER_HOST": "127.0.0.1", "INSTACRAWLER_RUN": directory.path,
            "INSTACRAWLER_SOCKET": socket,
        ]
        let template = "\(Machine.repository)/nginx/nginx.conf.template"
        let rendered = try await Program.run(
            Machine.instacrawler, ["render", template, "--nginx", "\(Machine.repository)/nginx"], environment: settings)
        #expect(rendered.status == .exited(0))
        directory.write(rendered.output, to: "nginx.conf")
        let user = geteuid() == 0 ? " user root;" : ""
        let nginx = try await Program.start(
            try #require(Machine.find("nginx")),
            ["-p", directory.path, "-e", "stderr", "-c", directory["nginx.conf"], "-g", "daemon off;\(user)"])
        let browser = Browser(base: "http://127.0.0.1:\(port)")
        try await eventually("pictures through nginx") { (try? await browser.get("/latest").status) == 200 }
        #expect(try await browser.get("/latest").text.contains(graph))
        await nginx.stop(SIGQUIT)

        for id in ids { kill(id, SIGTERM) }
        try await eventually("both have ended") { ids.allSatisfy { kill($0, 0) != 0 } }
        await sandbox.stop()
    }

    @Test("It listens where --listen says, and removes its socket at the end", arguments: ["unix", "tcp"])
    func listens(transport: String) async throws {
        let directory = TemporaryDirectory()
        let (sandbox, graph) = try await Deployment.sandbox([])
        let socket = directory["responder.sock"]
        let port = Machine.freePort()
        let address = transport == "unix" ? "unix:\(socket)" : "tcp:127.0.0.1:\(port)"
        let respond = try await Program.start(
            Machine.instacrawler, ["respond", "--listen", address, "--mode", "600"],
            environment: Self.respondEnvironment(graph))
        try #require(await respond.line(containing: "listening") != nil)
        if transport == "unix" {
            var status = stat()
            #expect(stat(socket, &status) == 0)
            #expect(status.st_mode & 0o777 == 0o600)
        }
        let answer = try await Self.cgiFCGI(
            transport == "unix" ? socket : "127.0.0.1:\(port)",
            ["REQUEST_METHOD": "GET", "SCRIPT_NAME": "", "PATH_INFO": "/latest/abc"])
        #expect(answer.hasPrefix("Status: 416 "))
        #expect(await respond.stop() == .exited(0))
        #expect(access(socket, F_OK) != 0)
        await sandbox.stop()
    }

    @Test("Started by systemd it serves the sockets it is given, from descriptor 3 on")
    func systemd() async throws {
        let directory = TemporaryDirectory()
        let (sandbox, graph) = try await Deployment.sandbox([])
        let socket = directory["responder.sock"]
        // Emulates systemd with spawn-fcgi: moves the socket from descriptor 0 to 3, and sets the process ID.
        let asSystemd = "exec 3<&0 0</dev/null; export LISTEN_PID=$$ LISTEN_FDS=1; exec \"$0\" respond"
        let respond = try await Program.start(
            try #require(Machine.find("spawn-fcgi")),
            ["-n", "-s", socket, "--", "/bin/sh", "-c", asSystemd, Machine.instacrawler],
            environment: Self.respondEnvironment(graph))
        try #require(await respond.line(containing: "listening") != nil)
        let request = ["REQUEST_METHOD": "GET", "REQUEST_URI": "/status", "SERVER_PROTOCOL": "HTTP/1.1"]
        #expect(try await Self.cgiFCGI(socket, request).hasPrefix("Status: 200 OK\r\n"))
        #expect(await respond.stop() == .exited(0))
        await sandbox.stop()
    }

    @Test("Started as a CGI program it answers one request")
    func plainCGI() async throws {
        let (sandbox, graph) = try await Deployment.sandbox([])
        let answer = try await Program.run(
            Machine.instacrawler, ["respond", "--log-level", "error"],
            environment: Self.respondEnvironment(graph).merging(
                ["GATEWAY_INTERFACE": "CGI/1.1", "REQUEST_METHOD": "GET", "REQUEST_URI": "/latest"]) { $1 })
        #expect(answer.status == .exited(0))
        #expect(answer.output.hasPrefix("Status: 200 OK\r\n"), "\(answer.output)")
        #expect(answer.output.contains("\r\n\r\n{\"status\":\"OK\",\"URI\":\"\(graph)/media/"))
        await sandbox.stop()
    }

    @Test("Without a listening socket it says what there might have been")
    func noSocket() async throws {
        let answer = try await Program.run(Machine.instacrawler, ["respond"])
        #expect(answer.status == .exited(64))
        #expect(answer.output.hasPrefix("instacrawler: --listen is ''; allowed is unix:PATH"))
        #expect(answer.output.split(separator: "\n").count == 1)
    }
}
