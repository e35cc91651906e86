import Logging
import Testing

@testable import Launcher

@Suite struct NginxLogLineTests {
    @Test func `A line gives its level and what happened`() throws {
        let line = try #require(NginxLogLine("2026/01/31 12:00:00 [crit] 7#8: *3 connect() failed, client: 10.0.0.1"))
        #expect(line.level == .critical)
        #expect(line.message == "7#8: *3 connect() failed, client: 10.0.0.1")
    }

    @Test(
        arguments: [
            ("debug", .debug), ("info", .info), ("notice", .notice), ("warn", .warning), ("error", .error),
            ("alert", .critical), ("emerg", .critical), ("other", .notice),
        ] as [(String, Logger.Level)])
    func `Every level has its like`(name: String, level: Logger.Level) {
        #expect(NginxLogLine("2026/01/31 12:00:00 [\(name)] 7#8: x")?.level == level)
    }

    @Test func `The queries of addresses are left out, wherever the reader hides one`() throws {
        let line = try #require(
            NginxLogLine(
                "2026/01/31 12:00:00 [error] 7#8: *3 client intended to send too large body: 70000 bytes, client: 10.0.0.1, "
                    + #"server: , request: "POST /x"request: "/latest?key=secret HTTP/1.1", "#
                    + #"upstream: "fastcgi://unix:/run/a.sock:/latest?key=secret", host: "a", referrer: "http://a/b?key=secret""#
            ))
        #expect(!line.message.contains("secret"))
        #expect(line.message.contains(#"/latest[…] HTTP/1.1", upstream"#))
        #expect(line.message.hasSuffix(#"host: "a", referrer: "http://a/b[…]""#))
    }

    @Test(
        "A key stands nowhere else in a line either",
        arguments: [
            #"subrequest: "/latest?key=secret", upstream: "fastcgi://unix:/run/a.sock""#,
            #"request: "GET /latest%3Fkey%3Dsecret HTTP/1.1""#, #"request: "GET /latest%253Fkey%253Dsecret HTTP/1.1""#,
            #"request: "GET /x;key=secret HTTP/1.1""#, #"host: "a?key=secret""#,
            #"open() "/a/key=secret" failed (2: No such file)"#,
            #"request: "GET /oembed?url=http%3A%2F%2Fa%3Fkey%3Dsecret HTTP/1.1", host: "a""#,
            #"upstream: "fastcgi://127.0.0.1:9000/x&key=secret""#, #"key=secret"#,
            "host: \"a\u{FFFD}?key=secret\u{1}\"",
        ])
    func keyIsCut(words: String) throws {
        let line = try #require(
            NginxLogLine("2026/01/31 12:00:00 [error] 7#8: *3 what happened, client: 10.0.0.1, \(words)"))
        #expect(!line.message.contains("secret"))
        #expect(line.message.hasPrefix("7#8: *3 what happened, client: 10.0.0.1, "))
    }

    @Test(arguments: [
        #"x [error] 1#1: y, request: "GET /a?key=secr"#, #"x [error] 1#1: y, request: "GET /a?key=secr HT"#,
    ])
    func `A line that nginx has cut loses its query as well`(text: String) throws {
        #expect(try #require(NginxLogLine(text)).message.contains("secr") == false)
    }

    @Test(arguments: ["nginx: [emerg] bind() failed", "anything", "[", "] ["]) func `A line of another form is kept`(
        text: String
    ) {
        #expect(NginxLogLine(text) != nil)
        #expect(NginxLogLine("") == nil)
    }
}
