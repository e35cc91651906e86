import Glibc
import TestSupport
import Testing

@testable import Launcher

/// Programs that open the listening socket themselves and start the responder with it as descriptor 0.
@Suite("The responder started by another program", .serialized, .timeLimit(.minutes(10)))
struct SpawnedTests {
    /// A program that starts the responder, and the source of its responses.
    struct Spawner: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var program: String
        /// Its configuration file; empty if it has none.
        var configuration: @Sendable (Place) -> String = { _ in "" }
        var arguments: @Sendable (Place) -> [String]
        /// Whether it is a web server; otherwise it is only a FastCGI socket.
        var speaksHTTP = true
    }

    /// The paths and ports of a spawner.
    struct Place: Sendable {
        var directory: TemporaryDirectory
        var port: Int
        var environment: [String: String]

        var file: String { directory["spawner.conf"] }
        var socket: String { directory["responder.sock"] }
    }

    static let spawners = [
        Spawner(
            testDescription: "spawn-fcgi with multiwatch", program: "spawn-fcgi",
            arguments: { place in
                [
                    "-n", "-s", place.socket, "--", "/usr/bin/multiwatch", "-f", "2", "--", Machine.instacrawler,
                    "respond",
                ]
            }, speaksHTTP: false),
        Spawner(
            testDescription: "lighttpd", program: "lighttpd",
            configuration: { place in
                """
                server.modules = ("mod_fastcgi")
                server.bind = "127.0.0.1"
                server.port = \(place.port)
                server.document-root = "\(place.directory.path)"
                fastcgi.server = ("/" => ((
                    "bin-path" => "\(Machine.instacrawler) respond", "socket" => "\(place.socket)",
                    "max-procs" => 2, "check-local" => "disable", "fix-root-scriptname" => "enable",
                    "bin-environment" => (\(place.environment.map { "\"\($0)\" => \"\($1)\"" }.joined(separator: ", ")))
                )))

                """
            },
            arguments: { ["-D", "-f", $0.file] }),
        Spawner(
            testDescription: "Apache with mod_fcgid", program: "apache2",
            configuration: { place in
                """
                ServerName localhost
                Listen 127.0.0.1:\(place.port)
                PidFile \(place.directory["apache.pid"])
                ErrorLog \(place.directory["errors"])
                LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
                LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
                LoadModule fcgid_module /usr/lib/apache2/modules/mod_fcgid.so
                \(geteuid() == 0 ? "User www-data\nGroup www-data" : "")
                FcgidIPCDir \(place.directory.path)
                FcgidProcessTableFile \(place.directory["processes"])
                \(place.environment.map { "FcgidInitialEnv \($0) \"\($1)\"" }.joined(separator: "\n"))
                DocumentRoot \(place.directory.path)
                AllowEncodedSlashes NoDecode
                <Location "/">
                    SetHandler fcgid-script
                    FcgidWrapper "\(Machine.instacrawler) respond" virtual
                    Options +ExecCGI
                    Require all granted
                </Location>

                """
            },
            arguments: { ["-D", "FOREGROUND", "-f", $0.file] }),
    ]

    @Test("answers, and ends with it", arguments: spawners)
    func spawned(_ spawner: Spawner) async throws {
        let directory = TemporaryDirectory()
        // Apache's processes run as another user.
        chmod(directory.path, 0o777)
        let (sandbox, graph) = try await Deployment.sandbox(["--period", "10m"])
        var environment = [
            "INSTAGRAM_GRAPH_URL": "\(graph)/v23.0", "INSTACRAWLER_INTERVAL": "1s", "INSTACRAWLER_DATABASE": ":memory:",
        ]
        if let path = getenv("LD_LIBRARY_PATH") { environment["LD_LIBRARY_PATH"] = String(cString: path) }
        let place = Place(directory: directory, port: Machine.freePort(), environment: environment)
        directory.write(spawner.configuration(place), to: "spawner.conf")
        let server = try await Program.start(
            try #require(Machine.find(spawner.program)), spawner.arguments(place), environment: environment)

        if spawner.speaksHTTP {
            let browser = Browser(base: "http://127.0.0.1:\(place.port)")
            try await eventually("pictures") { (try? await browser.get("/latest").status) == 200 }
            #expect(try await browser.get("/latest").text.contains(graph))
            #expect(try await browser.get("/latest/abc").status == 416)
            #expect(try await browser.get("/tags/a%2Fb").status == 404)
        } else {
            try await eventually("pictures") {
                try await Self.cgiFCGI(place.socket, "/latest").contains("\"URI\":\"\(graph)/media/")
            }
        }
        await server.stop()
        try await eventually("the responders have ended") { Self.processes(mentioning: graph).isEmpty }
        await sandbox.stop()
    }

    private static func cgiFCGI(_ socket: String, _ path: String) async throws -> String {
        try await Program.run(
            try #require(Machine.find("cgi-fcgi")), ["-bind", "-connect", socket],
            environment: ["REQUEST_METHOD": "GET", "REQUEST_URI": path]
        ).output
    }

    /// Returns the responders whose environment contains a text.
    private static func processes(mentioning text: String) -> [Int32] {
        guard let directory = opendir("/proc") else { return [] }
        defer { closedir(directory) }
        var found: [Int32] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard let id = Int32(name), Machine.read("/proc/\(id)/cmdline").contains("respond"),
                Machine.read("/proc/\(id)/environ").contains(text)
            else { continue }
            found.append(id)
        }
        return found
    }
}
