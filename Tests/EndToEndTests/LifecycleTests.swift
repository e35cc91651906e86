import Glibc
import TestSupport
import Testing

@testable import Launcher

@Suite("Starting and stopping", .serialized, .timeLimit(.minutes(10)))
struct LifecycleTests {
    private static let key = "fifty-slow-requests"

    @Test(
        "SIGTERM during 50 slow requests: each gets its whole answer, and nothing is left",
        arguments: [SIGTERM, SIGINT])
    func gracefulStop(signal: Int32) async throws {
        // With an access key, nginx caches nothing and requests each picture. The responder fetches six at a time from
        // one host, so this takes nine turns.
        let deployment = try await Deployment.start(
            sandbox: ["--period", "10m", "--picture-delay", "600ms"],
            environment: ["INSTACRAWLER_ACCESS_KEY": Self.key])
        // The pictures are painted in advance, and only the small ones are used: a debug build is slow, and a stop must
        // end within 10 s.
        let pictures = try await deployment.paint(12, key: Self.key).prefix(4)
        @Sendable func started() async throws -> Int {
            let text = try await deployment.browser.get("/metrics?key=\(Self.key)").text
            let line = text.split(separator: "\n").first {
                $0.hasPrefix("instacrawler_fastcgi_requests_started_total ")
            }
            return try #require(line?.split(separator: " ").last.flatMap { Int($0) })
        }
        let before = try await started()
        let answers = try await withThrowingTaskGroup(of: Browser.Answer.self) { group in
            for number in 0..<50 {
                let path = "/tags/golang/latest/\(pictures[number % 4])/image?key=\(Self.key)"
                group.addTask { try await deployment.browser.get(path) }
            }
            // Each poll is one more request, like the first one.
            var questions = 0
            try await eventually("all requests are with the responder") {
                questions += 1
                return try await started() >= before + 50 + questions
            }
            deployment.up.process.send(signal)
            var answers: [Browser.Answer] = []
            for try await answer in group { answers.append(answer) }
            return answers
        }
        #expect(answers.count == 50)
        for answer in answers {
            #expect(answer.status == 200)
            #expect(answer.headers.first(name: "Content-Length") == "\(answer.body.count)")
            #expect(answer.body.suffix(8) == [0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82], "the end of a PNG")
        }
        #expect(await deployment.up.process.exitStatus() == .exited(0))
        #expect(access(deployment.socket, F_OK) != 0, "the socket is removed")
        #expect(kill(-deployment.up.process.id, 0) != 0, "no process is left")
        #expect(access(deployment.directory["run/nginx.pid"], F_OK) != 0, "nginx has ended")
        await deployment.sandbox.stop()
    }

    @Test("When nginx dies, up says so and ends with 1")
    func nginxDies() async throws {
        let deployment = try await Deployment.start()
        let id = try #require(Int32(Machine.read(deployment.directory["run/nginx.pid"]).filter(\.isNumber)))
        kill(id, SIGKILL)
        #expect(await deployment.up.process.exitStatus() == .exited(1))
        let reason = "instacrawler: nginx ended by itself: signal 9 (Killed)"
        #expect(await deployment.up.line(containing: reason) != nil, "\(deployment.up.output)")
        try await eventually("nginx's workers are gone") { kill(-id, 0) != 0 }
        await deployment.sandbox.stop()
    }

    @Test("When up is killed, nginx goes with it")
    func upDies() async throws {
        let deployment = try await Deployment.start()
        let id = try #require(Int32(Machine.read(deployment.directory["run/nginx.pid"]).filter(\.isNumber)))
        await deployment.up.stop(SIGKILL)
        try await eventually("nginx is gone") { kill(-id, 0) != 0 }
        await deployment.sandbox.stop()
    }

    @Test("A port that is taken, a directory that cannot be written, no nginx: a clear line and a code that is not 0")
    func cannotStart() async throws {
        try await Deployment.with { deployment in
            var environment = Deployment.environment(
                TemporaryDirectory(), port: deployment.port, graph: deployment.sandboxAddress)
            environment["INSTACRAWLER_RUN"] = deployment.directory["other"]
            let taken = try await Program.run(Machine.instacrawler, ["up"], environment: environment)
            #expect(taken.status == .exited(1))
            #expect(taken.output.contains(":\(deployment.port): another program listens there; choose another port"))

            environment["PORT"] = "\(Machine.freePort())"
            environment["INSTACRAWLER_RUN"] = deployment.directory["run"]
            let twice = try await Program.run(Machine.instacrawler, ["up"], environment: environment)
            #expect(twice.status == .exited(1))
            #expect(twice.output.contains("another instacrawler up runs with it"))
            #expect(twice.output.split(separator: "\n").last?.hasPrefix("instacrawler: cannot run in ") == true)
            // The configuration of the first one is unchanged.
            #expect(Machine.read("\(deployment.directory["run"])/nginx.conf").contains(":\(deployment.port) default"))

            environment["INSTACRAWLER_RUN"] = "/proc/nowhere"
            let unwritable = try await Program.run(Machine.instacrawler, ["up"], environment: environment)
            #expect(unwritable.status == .exited(1))
            #expect(unwritable.output.contains("cannot write /proc/nowhere"))
        }
    }

    @Test("check tells a running service from one that is not there")
    func check() async throws {
        try await Deployment.with { deployment in
            let well = try await Program.run(
                Machine.instacrawler, ["check"], environment: ["PORT": "\(deployment.port)"])
            #expect(well.status == .exited(0))
            let nobody = try await Program.run(
                Machine.instacrawler, ["check", "--port", "\(Machine.freePort())"])
            #expect(nobody.status == .exited(1))
            #expect(nobody.output.contains("gave no good answer"))
        }
    }
}
