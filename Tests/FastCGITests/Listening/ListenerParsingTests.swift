import FastCGI
import Testing

@Suite("Addresses to listen on")
struct ListenerParsingTests {
    static let accepted: [(String, FastCGIListener)] = [
        ("unix:/run/x.sock", .unix(path: "/run/x.sock", mode: 0o600)),
        ("unix:relative.sock", .unix(path: "relative.sock", mode: 0o600)),
        ("unix:/a:b", .unix(path: "/a:b", mode: 0o600)),
        ("unix:" + String(repeating: "x", count: 107), .unix(path: String(repeating: "x", count: 107), mode: 0o600)),
        ("tcp:127.0.0.1:9000", .tcp(host: "127.0.0.1", port: 9_000)),
        ("tcp:localhost:0", .tcp(host: "localhost", port: 0)),
        ("tcp:[::1]:65535", .tcp(host: "::1", port: 65_535)),
        ("tcp:::1:80", .tcp(host: "::1", port: 80)),
        ("fd:0", .descriptor(0)),
        ("fd:17", .descriptor(17)),
    ]

    @Test("are read as they are written", arguments: 0..<accepted.count)
    func reads(_ row: Int) throws {
        let (text, listener) = Self.accepted[row]
        #expect(try FastCGIListener(parsing: text, mode: 0o600) == listener)
        #expect(try FastCGIListener(parsing: listener.description, mode: 0o600) == listener)
    }

    static let refused = [
        "", "unix", "unix:", "unix:" + String(repeating: "x", count: 108), "unix:a\0b", "/run/x.sock", "tcp:",
        "tcp:9000",
        "tcp::9000", "tcp:host", "tcp:host:", "tcp:host:-1", "tcp:host:65536", "tcp:host:http", "tcp:[]:1", "fd:",
        "fd:-1",
        "fd:x", "fd:+1", "fd:99999999999", "tcp:host:+80", "tcp:ho\0st:80", "tcp:host:99999999999999999999",
        "udp:host:1",
    ]

    @Test("are refused when they mean nothing", arguments: refused)
    func refuses(_ text: String) {
        let error = #expect(throws: FastCGIError.self) { try FastCGIListener(parsing: text) }
        #expect(error?.description.contains("allowed is unix:PATH") == true)
    }
}
