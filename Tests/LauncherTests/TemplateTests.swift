import Testing

@testable import Launcher

@Suite("Templates")
struct TemplateTests {
    private static func variables(port: String? = "5000", socket: String? = "/run/a.sock") -> [TemplateVariable] {
        [TemplateVariable("PORT", port, .port), TemplateVariable("SOCKET", socket, .path)]
    }

    @Test("Replaces known variables and keeps those of nginx")
    func replaces() throws {
        let text = "listen ${PORT};\nset $a $uri; # $${PORT}\nserver unix:${SOCKET}; return \"$host\";\n"
        let rendered = try Template(name: "t", text: text).render(Self.variables())
        #expect(rendered == "listen 5000;\nset $a $uri; # $5000\nserver unix:/run/a.sock; return \"$host\";\n")
    }

    @Test(
        "Keeps every byte of a text without variables", arguments: ["", "\n", "a", "a\n\n", "\r\n", "$ {PORT} $PORT }"])
    func keeps(text: String) throws {
        #expect(try Template(name: "t", text: text).render(Self.variables()) == text)
    }

    @Test("An unknown, unset or unclosed variable is an error that names file and line")
    func refuses() {
        let place = TemplateError.Place(file: "a.conf", line: 3)
        #expect(throws: TemplateError.unknown("HOME", place, known: ["PORT", "SOCKET"])) {
            try Template(name: "a.conf", text: "\n\nx ${HOME}").render(Self.variables())
        }
        #expect(throws: TemplateError.unset("SOCKET", place)) {
            try Template(name: "a.conf", text: "\n\n${PORT}${SOCKET}").render(Self.variables(socket: nil))
        }
        #expect(throws: TemplateError.unclosed(place)) {
            try Template(name: "a.conf", text: "\n\n${PORT").render(Self.variables())
        }
        #expect(TemplateError.unset("SOCKET", place).description == "a.conf:3: ${SOCKET} is not set")
    }

    @Test(
        "Refuses an invalid port",
        arguments: [
            "0", "65536", "70000", "80; evil", "-1", "+80", "", " 80", "80\n", "٨٠", "0x50", "99999999999999999999",
        ])
    func refusesPort(port: String) {
        #expect(throws: TemplateError.self) {
            try Template(name: "t", text: "${PORT}").render(Self.variables(port: port))
        }
    }

    @Test("Accepts every port", arguments: ["1", "80", "5000", "65535"])
    func takesPort(port: String) throws {
        #expect(try Template(name: "t", text: "${PORT}").render(Self.variables(port: port)) == port)
    }

    @Test(
        "Refuses a path that could end a directive and begin another",
        arguments: [
            "/a;b", "/a b", "/a\nb", "/a{b", "/a}b", "/a\"b", "/a'b", "/a\\b", "/a$b", "/a#b", "/a*", "/a[b", "a",
            "/a\u{0}",
        ])
    func refusesPath(path: String) {
        #expect(throws: TemplateError.self) {
            try Template(name: "t", text: "${SOCKET}").render(Self.variables(socket: path))
        }
    }

    private static func rendered(_ text: String, _ kind: TemplateVariable.Kind) -> String? {
        try? Template(name: "t", text: "${A}").render([TemplateVariable("A", text, kind)])
    }

    @Test(
        "Writes a rate without leading zeros, and refuses a rate that nginx refuses or reads differently",
        arguments: [
            ("1r/s", "1r/s"), ("50r/s", "50r/s"), ("600r/m", "600r/m"), ("1000000r/s", "1000000r/s"),
            ("0050r/s", "50r/s"), ("0r/s", nil), ("1000001r/s", nil), ("99999999999999999999r/s", nil), ("50", nil),
            ("r/s", nil), ("50r/h", nil), ("5 0r/s", nil), ("50r/s;", nil), ("-1r/s", nil), ("+1r/s", nil),
            ("50r/s\n", nil), ("1.5r/s", nil), ("off", nil), ("", nil), ("٥r/s", nil),
        ] as [(String, String?)])
    func rate(text: String, written: String?) { #expect(Self.rendered(text, .rate) == written) }

    @Test(
        "Accepts a number in its range",
        arguments: [
            ("0", "0"), ("200", "200"), ("007", "7"), ("100000", "100000"), ("100001", nil), ("", nil), ("-1", nil),
            ("1;", nil), ("1 2", nil), (String(repeating: "9", count: 30), nil), ("x", nil), ("٣", nil),
        ] as [(String, String?)])
    func number(text: String, written: String?) { #expect(Self.rendered(text, .number(0...100_000)) == written) }

    @Test(
        "An address to listen on is IPv4 in full, IPv6 with or without brackets, or all",
        arguments: [
            ("*", "*"), ("0.0.0.0", "0.0.0.0"), ("127.0.0.1", "127.0.0.1"), ("::1", "[::1]"), ("[::1]", "[::1]"),
            ("::", "[::]"), ("[::]", "[::]"), ("2001:DB8::0001", "[2001:db8::1]"), ("::ffff:127.0.0.1", "127.0.0.1"),
            ("1.2.3", nil), ("1.2.3.4.5", nil), ("01.2.3.4", nil), ("1.2.3.256", nil), ("127.1", nil), ("1", nil),
            ("0x7f.0.0.1", nil), (":::", nil), ("[::1", nil), ("::1]", nil), ("[]", nil), ("[127.0.0.1]", nil),
            ("fe80::1%eth0", nil), ("localhost", nil), ("127.0.0.1\0", nil), ("::1\0", nil), ("", nil), ("**", nil),
            ("127.0.0.1 ", nil), ("127.0.0.1:80", nil),
        ] as [(String, String?)])
    func host(text: String, written: String?) { #expect(Self.rendered(text, .host) == written) }

    @Test("Lists the variables of a template")
    func variables() {
        let template = Template(name: "t", text: "a ${PORT} $uri ${SOCKET}${PORT}\n${X")
        #expect(template.variables == ["PORT", "SOCKET", "X"])
        #expect(Template(name: "t", text: "$PORT { }").variables.isEmpty)
    }

    @Test(
        "A host to connect to is a name or an address that nginx reads the same way",
        arguments: [
            ("responder", "responder"), ("a-b.example", "a-b.example"), ("127.0.0.1", "127.0.0.1"),
            ("[2001:db8::1]", "[2001:db8::1]"), ("2001:db8::1", "[2001:db8::1]"), ("a_b", "a_b"),
            (
                "unix.example",
                "unix.example"
            ), ("-a", nil), ("a b", nil), ("a;b", nil), ("a/b", nil), ("a{", nil), ("$host", nil),
            ("é", nil), ("a\n", nil), ("", nil), ("a:b", nil), ("unix", nil), ("UNIX", nil), ("1.2.3", nil),
            ("a.1", nil), ("0x7f", nil), ("01.2.3.4", nil), ("a..b", nil), (".a", nil), ("a.", nil), ("[a]", nil),
            (String(repeating: "a", count: 64), nil), (String(repeating: "a.", count: 127), nil),
        ] as [(String, String?)])
    func peer(text: String, written: String?) { #expect(Self.rendered(text, .peer) == written) }

    @Test("Accepts ordinary paths", arguments: ["/run/a.sock", "/tmp/x-y_z/1.sock", "/home/jörg/a@b"])
    func takesPath(path: String) throws {
        #expect(try Template(name: "t", text: "${SOCKET}").render(Self.variables(socket: path)) == path)
    }
}
