import FoundationEssentials
import Glibc
import TestSupport
import Testing

@testable import Launcher

@Suite("The commands crawl and export", .serialized, .timeLimit(.minutes(10)))
struct CommandTests {
    private struct Line: Decodable {
        var tag: String
        var id: String
        var published: String
    }

    private func lines(_ output: String) throws -> [Line] {
        try output.split(separator: "\n").map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
    }

    private func crawl(
        _ arguments: [String], _ environment: [String: String] = [:]
    ) async throws -> (status: Launcher.ExitStatus, output: String) {
        try await Program.run(Machine.instacrawler, arguments, environment: environment)
    }

    @Test("A table for a person: the newest posts first, so many as were asked for, and no progress in a pipe")
    func table() async throws {
        let result = try await crawl(["crawl", "golang", "swift", "--limit", "3"])
        #expect(result.status == .exited(0))
        let lines = result.output.split(separator: "\n")
        #expect(lines.count == 7)
        #expect(lines[0].hasPrefix("TIME (UTC)        HASHTAG  SOURCE   POST"))
        #expect(lines.dropFirst().allSatisfy { $0.contains("  sandbox  ") && $0.contains("https://") })
        #expect(lines.dropFirst().count { $0.contains("#swift ") } == 3)
        let times = lines.dropFirst().map { $0.prefix(16) }
        #expect(times == times.sorted().reversed())
        #expect(!result.output.contains("\u{1B}"))
    }

    @Test("JSON lines, one a post")
    func json() async throws {
        let result = try await crawl(["crawl", "--json", "--limit", "5", "Golang"])
        #expect(result.status == .exited(0))
        let lines = try lines(result.output)
        #expect(lines.count == 5)
        #expect(lines.allSatisfy { $0.tag == "golang" && $0.id.hasPrefix("sandbox:") })
        #expect(lines.map(\.published) == lines.map(\.published).sorted().reversed())
        let recent = try await self.lines(crawl(["crawl", "--json", "--limit", "1000", "--since", "60s"]).output)
        let all = try await self.lines(crawl(["crawl", "--json", "--limit", "1000", "--since", "2026-01-01"]).output)
        #expect((5...14).contains(recent.count), "one every five seconds")
        #expect(all.count > 60)
    }

    @Test("With --watch it goes on, and prints what is new as it comes, until it is stopped")
    func watch() async throws {
        let (sandbox, graph) = try await Deployment.sandbox(["--period", "1s"])
        let environment = ["INSTAGRAM_GRAPH_URL": "\(graph)/v23.0", "INSTACRAWLER_DATABASE": ":memory:"]
        let program = try await Program.start(
            Machine.instacrawler, ["crawl", "--watch", "--json", "--limit", "1", "--interval", "1s"],
            environment: environment)
        try await eventually("new posts") { program.output.split(separator: "\n").count >= 4 }
        #expect(await program.stop(SIGINT) == .exited(0))
        let lines = try lines(program.output)
        #expect(Set(lines.map(\.id)).count == lines.count, "each once")
        #expect(lines.map(\.published) == lines.map(\.published).sorted(), "as they come")
        await sandbox.stop()
    }

    @Test("When every source failed it ends with 1 and a line for each; when one did not, with 0")
    func failures() async throws {
        let (sandbox, graph) = try await Deployment.sandbox([])
        let result = try await crawl(
            ["crawl", "golang", "swift"],
            ["INSTAGRAM_GRAPH_URL": "http://127.0.0.1:1/v23.0", "INSTACRAWLER_DATABASE": ":memory:"])
        #expect(result.status == .exited(1))
        let reason = "through sandbox: it cannot be reached: nothing listens there (connection refused)"
        #expect(
            result.output.split(separator: "\n").sorted()
                == ["instacrawler: #golang \(reason)", "instacrawler: #swift \(reason)"])
        let mixed = try await crawl(
            ["crawl", "--source", "sandbox,mastodon:http://127.0.0.1:1", "--limit", "1"],
            ["INSTAGRAM_GRAPH_URL": "\(graph)/v23.0", "INSTACRAWLER_DATABASE": ":memory:"])
        #expect(mixed.status == .exited(0))
        #expect(mixed.output.contains("instacrawler: #golang through 127.0.0.1-1: it cannot be reached"))
        await sandbox.stop()
    }

    @Test(
        "What is not allowed ends with 64, names the argument and says what is allowed",
        arguments: [
            (["crawl", "go lang"], "TAG is 'go lang'; allowed is hashtags"),
            (["crawl", "--limit", "0"], "--limit is '0'; allowed is 1 to 100000"),
            (["crawl", "--limit", "many"], "--limit is 'many'; allowed is 1 to 100000"),
            (["crawl", "--since", "yesterday"], "--since is 'yesterday'; allowed is a duration such as 90m, 2h or 3d"),
            (["crawl", "--since", "2026-13-01"], "--since is '2026-13-01'; allowed is a duration"),
            (["export", "", "/tmp"], "TAG is ''; allowed is hashtags"),
        ])
    func refused(arguments: [String], message: String) async throws {
        let result = try await crawl(arguments)
        #expect(result.status == .exited(64))
        #expect(result.output.hasPrefix("instacrawler: \(message)"), "\(result.output)")
    }

    @Test("On a terminal there is a progress line, and it is taken away")
    func progress() async throws {
        let script = try #require(Machine.find("script"))
        let directory = TemporaryDirectory()
        let command = "\(Machine.instacrawler) export golang \(directory["out"]) --limit 6"
        let shown = try await Program.run(script, ["-qec", command, "/dev/null"], environment: ["TERM": "xterm"])
        #expect(shown.status == .exited(0), "\(shown.output)")
        // A post with only a video has no picture; an album has several.
        let saved = try #require(shown.output.firstRange(of: "\r\u{1B}[KSaved: ")).upperBound
        let count = try #require(Int(shown.output[saved...].prefix { $0.isNumber }))
        #expect(count >= 2)
        #expect(shown.output.contains("\(count) of \(count) pictures"))
    }

    @Test("A crawl on a terminal has one, too, which says what is waited for")
    func crawlProgress() async throws {
        let script = try #require(Machine.find("script"))
        let command = "\(Machine.instacrawler) crawl golang swift --limit 2"
        let shown = try await Program.run(script, ["-qec", command, "/dev/null"], environment: ["TERM": "xterm"])
        #expect(shown.status == .exited(0), "\(shown.output)")
        let none = String(repeating: ".", count: 30)
        #expect(
            shown.output.hasPrefix("\r\u{1B}[K[\(none)] #golang through sandbox, #swift"), "\(shown.output)")
        #expect(shown.output.contains("\r\u{1B}[KTIME (UTC)"))
        let end = try #require(shown.output.ranges(of: "\u{1B}").last).lowerBound
        #expect(shown.output[end...].split(whereSeparator: \.isNewline).count == 5, "the table alone is left")
    }

    @Test("An export saves pictures once, takes up what is there in part, and names what it cannot have")
    func export() async throws {
        let (sandbox, graph) = try await Deployment.sandbox(["--period", "10m"])
        let directory = TemporaryDirectory()
        let environment = ["INSTAGRAM_GRAPH_URL": "\(graph)/v23.0", "INSTACRAWLER_DATABASE": directory["posts.sqlite"]]
        let arguments = ["export", "golang", directory["out"], "--limit", "6"]
        let first = try await crawl(arguments, environment)
        #expect(first.status == .exited(0), "\(first.output)")
        let index = Machine.read(directory["out/index.jsonl"])
        // A post with only a video has no picture; an album has several.
        let posts = index.split(separator: "\n").count
        #expect(posts >= 2)
        let names = index.split(separator: "\"").filter { $0.hasSuffix(".png") && $0.hasPrefix("20") }.map(String.init)
        #expect(names.count >= posts)
        for name in names { #expect(Machine.read(directory["out/\(name)"]).count > 1_000) }

        let second = try await crawl(arguments, environment)
        #expect(second.output == "Saved: 0. There already: \(names.count). Failed: 0.\n")

        let name = try #require(names.first)
        let whole = Machine.read(directory["out/\(name)"])
        unlink(directory["out/\(name)"])
        directory.write("not the beginning", to: "out/\(name.dropLast(4)).part")
        let third = try await crawl(arguments, environment)
        #expect(third.output.hasPrefix("Saved: 1."))
        #expect(Machine.read(directory["out/\(name)"]) == whole)

        await sandbox.stop()
        unlink(directory["out/\(name)"])
        let fourth = try await crawl(arguments, environment)
        #expect(fourth.status == .exited(1))
        #expect(fourth.output.contains("instacrawler: \(name.dropLast(4)): the connection broke"), "\(fourth.output)")
        #expect(fourth.output.contains("There already: \(names.count - 1). Failed: 1."))
    }

    @Test("--version is one line, and with --verbose every part that is inside has one")
    func versions() async throws {
        let short = try await Program.run(Machine.instacrawler, ["--version"])
        #expect(short.output.split(separator: "\n").count == 1)
        let long = try await Program.run(Machine.instacrawler, ["--version", "--verbose"])
        #expect(long.status == .exited(0))
        let lines = long.output.split(separator: "\n")
        #expect(lines.first == "instacrawler \(short.output.dropLast())")
        #expect(lines.allSatisfy { $0.split(separator: " ").count == 2 }, "\(long.output)")
        let packages = Machine.read("\(Machine.repository)/Sources/instacrawler/versions.txt").split(separator: "\n")
        #expect(packages.count > 20 && lines.suffix(packages.count) == packages[...])
        for name in ["swift-stdlib", "sqlite", "zlib", "utf8proc", "nginx"] {
            #expect(lines.contains { $0.hasPrefix("\(name) ") && $0.contains(".") }, "\(name)")
        }
    }
}
