import Logging
import Posts
import Synchronization
import TestSupport
import Testing

@testable import Launcher
@testable import instacrawler

@Suite("The log", .serialized, .timeLimit(.minutes(10)))
struct LogTests {
    @Test(arguments: LogFormat.allCases) func `What is secret does not come out, whoever wrote it`(format: LogFormat) {
        let lines = Mutex("")
        var logger = Logger(label: "test") { _ in
            LineLogHandler(format: format, secrets: [Secret("EAAtoken/1"), Secret("correct+horse")]) { line in
                lines.withLock { $0 += line }
            }
        }
        logger[metadataKey: "kept"] = "correct%2Bhorse"
        logger.error(
            "asked http://a/?access_token=EAAtoken%2F1&key=correct+horse",
            error: LauncherError.cannotRead("EAAtoken/1", reason: ""),
            metadata: ["url": "EAAtoken/1"])
        let text = lines.withLock { $0 }
        #expect(text.contains("[redacted]"))
        #expect(!text.contains("EAAtoken"))
        #expect(!text.contains("horse"))
    }

    @Test(arguments: LogFormat.allCases)
    func `The lines of nginx and the responder about one request have its id`(format: LogFormat) async throws {
        let directory = TemporaryDirectory()
        let port = Machine.freePort()
        var environment = Deployment.environment(directory, port: port, graph: "http://127.0.0.1:1")
        environment["INSTACRAWLER_LOG_FORMAT"] = format.rawValue
        let up = try await Program.start(Machine.instacrawler, ["up"], environment: environment)
        try #require(await up.line(containing: "InstaCrawler is ready") != nil, "\(up.output)")
        let browser = Browser(base: "http://127.0.0.1:\(port)")
        let answer = try await browser.get("/latest", [("X-Request-ID", "join-me")])
        #expect(answer.status == 503)
        #expect(await up.line(containing: "\"path\":\"/latest\"")?.contains("\"request_id\":\"join-me\"") == true)
        let own = try #require(await up.line(containing: "A request failed"))
        let parts =
            format == .json
            ? [#"{"time":""#, #""request_id":"join-me""#, #""route":"/latest""#, #""status":503"#]
            : [" warning: A request failed ", " request_id=join-me ", " route=/latest ", " status=503"]
        for part in parts { #expect(own.contains(part), "\(own)") }
        await up.stop()
    }
}
