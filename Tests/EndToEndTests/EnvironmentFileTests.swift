import Glibc
import TestSupport
import Testing

@testable import Launcher
@testable import instacrawler

@Suite("The file .env", .timeLimit(.minutes(10)))
struct EnvironmentFileTests {
    @Test(
        "Is read like dotenv files",
        arguments: [
            ("A=b", ["A": "b"]), ("A=b\n", ["A": "b"]), ("export A=b", ["A": "b"]), ("\texport  A = b ", ["A": "b"]),
            ("\u{FEFF}A=b", ["A": "b"]), ("\u{FEFF}export A=b\r\nC=d\r\n", ["A": "b", "C": "d"]),
            ("A=b\rC=d", ["A": "b", "C": "d"]), ("# note\n\n  # another\nA=b", ["A": "b"]), ("A=", ["A": ""]),
            ("A=\nB=c", ["A": "", "B": "c"]), ("A=b # note", ["A": "b"]), ("A=b#c", ["A": "b#c"]),
            ("A=#tag", ["A": "#tag"]), ("A= # note", ["A": ""]), ("A=b c", ["A": "b c"]), ("A=b=c=", ["A": "b=c="]),
            ("A='b # c'", ["A": "b # c"]), ("A=\"b # c\" # note", ["A": "b # c"]), ("A=`b'\"c`", ["A": "b'\"c"]),
            ("A='b\\nc'", ["A": "b\\nc"]), ("A=\"b\\nc\\t\\\"\\\\\\$\\x\"", ["A": "b\nc\t\"\\$\\x"]),
            ("A=\"b\nc\"\nD=e", ["A": "b\nc", "D": "e"]), ("A=\"\"", ["A": ""]), ("A=''#", ["A": ""]),
            ("A=b\nA=c", ["A": "c"]), ("export=x", ["export": "x"]), ("A=${B} $C", ["A": "${B} $C"]),
            ("_a1=é", ["_a1": "é"]), ("", [:]), ("\u{FEFF}", [:]), ("\r\n\r\n", [:]),
        ] as [(String, [String: String])])
    func reads(text: String, values: [String: String]) throws {
        #expect(try EnvironmentFile(Array(text.utf8)).values == values)
    }

    @Test(
        "An invalid line is an error with its number",
        arguments: [
            ("A", 1, "has no ="), ("\n\nA=b\nsecret\nC=d", 4, "has no ="), ("export A", 1, "has no ="),
            ("A B=c", 1, "has no ="), ("\r\nA\r\n", 2, "has no ="), ("=b", 1, "has a name"),
            ("1A=b", 1, "has a name"), ("A-B=c", 1, "has a name"), ("é=c", 1, "has a name"),
            ("A=b\nB.C=d", 2, "has a name"), ("A=\"b", 1, "has a quote that does not end"),
            ("A=b\nB='c\nd", 2, "has a quote that does not end"), ("A='b'c", 1, "has text after the closing quote"),
            ("A=b\0c", 1, "is not UTF-8 text"),
        ])
    func refuses(text: String, line: Int, reason: String) {
        let failure = #expect(throws: EnvironmentFile.Failure.self) { try EnvironmentFile(Array(text.utf8)) }
        #expect(failure?.line == line)
        #expect(failure?.reason.hasPrefix(reason) == true, "\(failure?.reason ?? "")")
    }

    @Test("Bytes that are not UTF-8 are an error, in names and in values")
    func invalidBytes() {
        for bytes in [Array("A=b\nC=".utf8) + [0xFF], Array("A=b\nC=".utf8) + [0xED, 0xA0, 0x80]] {
            #expect(throws: EnvironmentFile.Failure(line: 2, reason: "is not UTF-8 text")) {
                try EnvironmentFile(bytes)
            }
        }
        #expect(throws: EnvironmentFile.Failure.self) { try EnvironmentFile([0xFF, 0xFE, 0x41, 0, 0x3D, 0]) }
    }

    /// Runs a command in a directory.
    private static func run(
        in directory: TemporaryDirectory, _ arguments: [String], environment: [String: String] = [:]
    ) async throws -> (status: Launcher.ExitStatus, output: String) {
        try await Program.run(
            "/usr/bin/env", ["-C", directory.path, Machine.instacrawler] + arguments, environment: environment)
    }

    private static let render = ["render", "\(Machine.repository)/nginx/nginx.conf.template"]

    @Test(
        "The program reads its settings from it, also after a byte order mark and export",
        arguments: [
            "export INSTACRAWLER_ACCESS_KEY=k3y-k3y-k3y\nPORT=4321",
            "\u{FEFF}export INSTACRAWLER_ACCESS_KEY=k3y-k3y-k3y\nPORT=4321",
            "\u{FEFF}INSTACRAWLER_ACCESS_KEY = 'k3y-k3y-k3y' # ours\r\nexport PORT=\"4321\"\r\n",
        ])
    func settings(text: String) async throws {
        let directory = TemporaryDirectory()
        directory.write(text, to: ".env")
        let result = try await Self.run(in: directory, Self.render)
        #expect(result.status == .exited(0), "\(result.output)")
        #expect(result.output.contains("default 1;"), "the access key is set")
        #expect(result.output.contains("listen 0.0.0.0:4321 "))
        #expect(!result.output.contains("k3y"))
    }

    @Test("A line without = ends with 64 and its number, and its text is not shown")
    func badLine() async throws {
        let directory = TemporaryDirectory()
        directory.write("PORT=4321\nINSTACRAWLER_ACCESS_KEY k3y-k3y-k3y\n", to: ".env")
        for command in [Self.render, ["up"], ["check"], ["sandbox", "--port", "0"], ["crawl"]] {
            let result = try await Self.run(in: directory, command)
            #expect(result.status == .exited(64))
            #expect(
                result.output.hasPrefix("instacrawler: .env is 'line 2 has no = after a name'; allowed is NAME=VALUE"))
            #expect(result.output.split(separator: "\n").count == 1)
            #expect(!result.output.contains("k3y"))
        }
    }

    @Test("A directory of that name ends with 64, and so does a file that is too large")
    func unreadable() async throws {
        let directory = TemporaryDirectory()
        mkdir(directory[".env"], 0o755)
        let result = try await Self.run(in: directory, Self.render)
        #expect(result.status == .exited(64))
        #expect(
            result.output.hasPrefix("instacrawler: .env is 'Is a directory'; allowed is a file of NAME=VALUE lines"))
        rmdir(directory[".env"])
        symlink("/dev/zero", directory[".env"])
        let endless = try await Self.run(in: directory, Self.render)
        #expect(endless.status == .exited(64))
        #expect(endless.output.contains("more than 1 MiB"))
    }

    @Test("An unknown name causes a warning, which does not show its value")
    func unknown() async throws {
        let directory = TemporaryDirectory()
        directory.write("INSTACRAWLER_ACESS_KEY=k3y-k3y-k3y\nOTHER=x\n", to: ".env")
        let result = try await Self.run(
            in: directory, Self.render, environment: ["INSTACRAWLER_HASHTAG": "cats", "INSTACRAWLER_PORT": ""])
        #expect(result.status == .exited(0))
        for name in ["INSTACRAWLER_ACESS_KEY", "INSTACRAWLER_HASHTAG", "INSTACRAWLER_PORT"] {
            let lines = result.output.split(separator: "\n").filter { $0.contains("\"\(name)\"") }
            #expect(lines.count == 1 && lines[0].contains("\"level\":\"warning\""), "\(result.output)")
        }
        #expect(!result.output.contains("k3y") && !result.output.contains("cats"))
        #expect(!result.output.contains("OTHER") && !result.output.contains("INSTACRAWLER_TEST_RUN"))
    }

    @Test("A flag overrides a variable, which overrides the file")
    func order() async throws {
        let directory = TemporaryDirectory()
        directory.write("PORT=1111\nINSTACRAWLER_RATE_BURST=33\n", to: ".env")
        let variable = try await Self.run(in: directory, Self.render, environment: ["PORT": "2222"])
        #expect(variable.output.contains("listen 0.0.0.0:2222 ") && variable.output.contains("burst=33 "))
        let flag = try await Self.run(in: directory, Self.render + ["--port", "3333"], environment: ["PORT": "2222"])
        #expect(flag.output.contains("listen 0.0.0.0:3333 "))
        let empty = try await Self.run(in: directory, Self.render, environment: ["PORT": ""])
        #expect(empty.output.contains("listen 0.0.0.0:1111 "))
    }
}
