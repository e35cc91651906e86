import Testing

@testable import Launcher

@Suite("Templates")
struct TemplateTests {
    private static func variables(port: String? = "5000", socket: String? = "/run/a.sock") -> [TemplateVariable] {
        [TemplateVariable("PORT", port, .port), TemplateVariable("SOCKET", socket, .path)]
    }

    @Test("Known variables are replaced, and nginx's own stay as they are")
    func replaces() throws {
        let text = "listen ${PORT};\nset $a $uri; # $${PORT}\nserver unix:${SOCKET}; return \"$host\";\n"
        let rendered = try Template(name: "t", text: text).render(Self.variables())
        #expect(rendered == "listen 5000;\nset $a $uri; # $5000\nserver unix:/run/a.sock; return \"$host\";\n")
    }

    @Test(
        "A text without variables is kept to the byte", arguments: ["", "\n", "a", "a\n\n", "\r\n", "$ {PORT} $PORT }"])
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
        "A port that is none is refused",
        arguments: [
            "0", "65536", "70000", "80; evil", "-1", "+80", "", " 80", "80\n", "٨٠", "0x50", "99999999999999999999",
        ])
    func refusesPort(port: String) {
        #expect(throws: TemplateError.self) {
            try Template(name: "t", text: "${PORT}").render(Self.variables(port: port))
        }
    }

    @Test("Every port is taken", arguments: ["1", "80", "5000", "65535"])
    func takesPort(port: String) throws {
        #expect(try Template(name: "t", text: "${PORT}").render(Self.variables(port: port)) == port)
    }

    @Test(
        "A path that could end a directive and begin another is refused",
        arguments: [
            "/a;b", "/a b", "/a\nb", "/a{b", "/a}b", "/a\"b", "/a'b", "/a\\b", "/a$b", "/a#b", "/a*", "a", "/a\u{0}",
        ])
    func refusesPath(path: String) {
        #expect(throws: TemplateError.self) {
            try Template(name: "t", text: "${SOCKET}").render(Self.variables(socket: path))
        }
    }

    @Test(arguments: ["1r/s", "50r/s", "600r/m"]) func `A rate is taken`(rate: String) throws {
        #expect(try Template(name: "t", text: "${A}").render([TemplateVariable("A", rate, .rate)]) == rate)
    }

    @Test(
        arguments: [
            "50", "r/s", "50r/h", "5 0r/s", "50r/s;", "-1r/s", "50r/s\n", "1.5r/s", "1234567890r/s", "off", "", "٥r/s",
        ])
    func `What is no rate is refused`(rate: String) {
        #expect(throws: TemplateError.self) {
            try Template(name: "t", text: "${A}").render([TemplateVariable("A", rate, .rate)])
        }
    }

    @Test(arguments: ["0", "200", "999999999"]) func `A number is taken`(number: String) throws {
        #expect(try Template(name: "t", text: "${A}").render([TemplateVariable("A", number, .number)]) == number)
    }

    @Test(arguments: ["", "-1", "1;", "1 2", "1234567890", "x", "٣"]) func `What is no number is refused`(
        number: String
    ) {
        #expect(throws: TemplateError.self) {
            try Template(name: "t", text: "${A}").render([TemplateVariable("A", number, .number)])
        }
    }

    @Test func `A template says which variables it uses`() {
        let template = Template(name: "t", text: "a ${PORT} $uri ${SOCKET}${PORT}\n${X")
        #expect(template.variables == ["PORT", "SOCKET", "X"])
        #expect(Template(name: "t", text: "$PORT { }").variables.isEmpty)
    }

    @Test(
        arguments: [
            ("responder", true), ("a-b.example", true), ("127.0.0.1", true), ("[2001:db8::1]", true), ("a_b", true),
            ("-a", false), ("a b", false), ("a;b", false), ("a/b", false), ("a{", false), ("$host", false),
            ("é", false), ("a\n", false), ("", false),
        ])
    func `A host to connect to is a name or an address, and nothing that could end a directive`(
        host: String, isAllowed: Bool
    ) {
        let variable = TemplateVariable("HOST", host, .peer)
        let rendered = try? Template(name: "t", text: "${HOST}").render([variable])
        #expect(rendered == (isAllowed ? host : nil))
    }

    @Test("Ordinary paths are taken", arguments: ["/run/a.sock", "/tmp/x-y_z/1.sock", "/home/jörg/a@b"])
    func takesPath(path: String) throws {
        #expect(try Template(name: "t", text: "${SOCKET}").render(Self.variables(socket: path)) == path)
    }
}
