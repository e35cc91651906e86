import FastCGI
import HTTPTypes
import Testing

@Suite("HTTPRequest of CGI variables")
struct HTTPRequestTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var variables: [(String, String)]
        var path: String

        init(_ name: String, _ variables: [(String, String)], path: String) {
            testDescription = name
            self.variables = variables
            self.path = path
        }
    }

    private static func request(_ variables: [(String, String)], method: String? = "GET") -> HTTPRequest? {
        let all = (method.map { [("REQUEST_METHOD", $0)] } ?? []) + variables
        return HTTPRequest(FastCGIParameters(all.map { (name: $0.0, value: $0.1) }))
    }

    @Test("takes the first of a variable that repeats")
    func repeated() {
        let twice = [
            ("REQUEST_URI", "/first"), ("REQUEST_URI", "/second"), ("HTTP_HOST", "first"), ("HTTP_HOST", "second"),
            ("CONTENT_TYPE", "text/first"), ("CONTENT_TYPE", "text/second"), ("REQUEST_METHOD", "PUT"),
        ]
        let request = Self.request(twice)
        #expect(request?.method == .get)
        #expect(request?.path == "/first")
        #expect(request?.authority == "first")
        #expect(request?.headerFields[.contentType] == "text/first")
    }

    static let paths = [
        Row("REQUEST_URI", [("REQUEST_URI", "/a/b?c=d")], path: "/a/b?c=d"),
        Row("REQUEST_URI stays encoded", [("REQUEST_URI", "/a%20b/%2F?q=%26")], path: "/a%20b/%2F?q=%26"),
        Row(
            "REQUEST_URI before all others",
            [("SCRIPT_NAME", "/s"), ("PATH_INFO", "/p"), ("QUERY_STRING", "q"), ("REQUEST_URI", "/r")], path: "/r"),
        Row("absolute form", [("REQUEST_URI", "http://example.org/a?b")], path: "/a?b"),
        Row("absolute form without a path", [("REQUEST_URI", "http://example.org")], path: "/"),
        Row("absolute form with a query only", [("REQUEST_URI", "https://example.org?q=1")], path: "/?q=1"),
        Row("an address within a query", [("REQUEST_URI", "/go?to=http://host/")], path: "/go?to=http://host/"),
        Row("the asterisk form", [("REQUEST_URI", "*")], path: "*"),
        Row("SCRIPT_NAME and PATH_INFO", [("SCRIPT_NAME", "/app"), ("PATH_INFO", "/x/y")], path: "/app/x/y"),
        Row("PATH_INFO only", [("PATH_INFO", "/x")], path: "/x"),
        Row("an empty SCRIPT_NAME", [("SCRIPT_NAME", ""), ("PATH_INFO", "/x"), ("QUERY_STRING", "a")], path: "/x?a"),
        Row("SCRIPT_NAME only", [("SCRIPT_NAME", "/tags/cats")], path: "/tags/cats"),
        Row("no path at all", [], path: "/"),
        Row("no path but a query", [("QUERY_STRING", "a=b")], path: "/?a=b"),
        Row("an empty REQUEST_URI", [("REQUEST_URI", ""), ("PATH_INFO", "/x")], path: "/x"),
        Row("a decoded path is encoded again", [("PATH_INFO", "/a b/ü?#%/c")], path: "/a%20b/%C3%BC%3F%23%25/c"),
        Row("what may stand in a path stays", [("PATH_INFO", "/-._~!$&'()*+,;=:@")], path: "/-._~!$&'()*+,;=:@"),
        Row("control characters are encoded", [("PATH_INFO", "/a\r\nb\u{1}")], path: "/a%0D%0Ab%01"),
    ]

    @Test("has the path that the client asked for", arguments: paths)
    func path(_ row: Row) {
        #expect(Self.request(row.variables)?.path == row.path)
    }

    static let schemes: [([(String, String)], String)] = [
        ([], "http"),
        ([("REQUEST_SCHEME", "https")], "https"),
        ([("REQUEST_SCHEME", "http")], "http"),
        ([("REQUEST_SCHEME", "")], "http"),
        ([("HTTPS", "on")], "https"),
        ([("HTTPS", "1")], "https"),
        ([("HTTPS", "off")], "http"),
        ([("HTTPS", "OFF")], "http"),
        ([("HTTPS", "")], "http"),
        ([("REQUEST_SCHEME", "http"), ("HTTPS", "on")], "https"),
        ([("HTTPS", "on"), ("REQUEST_SCHEME", "http")], "https"),
    ]

    @Test("has the scheme that the web server names", arguments: 0..<schemes.count)
    func scheme(_ row: Int) {
        #expect(Self.request(Self.schemes[row].0)?.scheme == Self.schemes[row].1)
    }

    static let authorities: [([(String, String)], String?)] = [
        ([("HTTP_HOST", "example.org:8080"), ("SERVER_NAME", "other"), ("SERVER_PORT", "1")], "example.org:8080"),
        ([("SERVER_NAME", "example.org"), ("SERVER_PORT", "80")], "example.org"),
        ([("SERVER_NAME", "example.org"), ("SERVER_PORT", "443")], "example.org"),
        ([("SERVER_NAME", "example.org"), ("SERVER_PORT", "8080")], "example.org:8080"),
        ([("SERVER_NAME", "example.org")], "example.org"),
        ([("SERVER_PORT", "80")], nil),
        ([], nil),
    ]

    @Test("has the authority of the Host field, else the server's", arguments: 0..<authorities.count)
    func authority(_ row: Int) {
        #expect(Self.request(Self.authorities[row].0)?.authority == Self.authorities[row].1)
    }

    @Test("has the method, also one that is not common", arguments: ["GET", "HEAD", "QUERY", "get", "M-SEARCH"])
    func method(_ name: String) {
        #expect(Self.request([], method: name)?.method.rawValue == name)
    }

    @Test("is nil without a method that is a token", arguments: [nil, "", "GET POST", "G\u{0}T", "GET\r\n", "ü"])
    func noMethod(_ name: String?) {
        #expect(Self.request([], method: name) == nil)
    }

    @Test("has the fields, in order, and repeated ones")
    func fields() {
        let request = Self.request([
            ("HTTP_ACCEPT", "text/html"), ("HTTP_X_REQUEST_ID", "7"), ("HTTP_COOKIE", "a=b"), ("HTTP_COOKIE", "c=d"),
            ("HTTP_X_FORWARDED_FOR", "10.0.0.1"), ("CONTENT_TYPE", "text/plain"), ("CONTENT_LENGTH", "12"),
        ])
        #expect(
            request?.headerFields.map { "\($0.name.canonicalName): \($0.value)" } == [
                "accept: text/html", "x-request-id: 7", "cookie: a=b", "cookie: c=d", "x-forwarded-for: 10.0.0.1",
                "content-type: text/plain", "content-length: 12",
            ])
        #expect(request?.headerFields[values: .cookie] == ["a=b", "c=d"])
    }

    @Test("has no field of what is none, and no Proxy")
    func noFields() {
        let request = Self.request([
            ("HTTP_PROXY", "http://evil.example"), ("HTTP_", "x"), ("HTTP_A B", "x"), ("HTTP_\u{0}", "x"),
            ("PATH", "/bin"),
            ("REMOTE_ADDR", "10.0.0.1"), ("CONTENT_TYPE", ""), ("CONTENT_LENGTH", ""), ("HTTP_CONTENT_TYPE", "x"),
            ("HTTP_CONTENT_LENGTH", "9"), ("FCGI_ROLE", "RESPONDER"), ("", "x"),
        ])
        #expect(request?.headerFields.isEmpty == true)
    }

    @Test("has no line break in a value", arguments: ["a\r\nb", "a\nb", "a\rb", "a\u{0}b"])
    func lineBreaks(_ value: String) {
        let fields = Self.request([("HTTP_X_TEST", value), ("CONTENT_TYPE", value)])?.headerFields ?? [:]
        #expect(fields.count == 2)
        for field in fields { #expect(field.value == "a b" || field.value == "a  b") }
    }

    @Test("is read from what a web server sent")
    func throughServer() async throws {
        try await withServer(handler: { request, response in
            let head = HTTPRequest(request.parameters)
            let text = head.map { "\($0.method) \($0.scheme ?? "-") \($0.authority ?? "-") \($0.path ?? "-")" }
            try await response.write(Array("\(text ?? "nil")".utf8))
        }) { server in
            let client = try await server.connect()
            let variables = [("REQUEST_METHOD", "GET"), ("REQUEST_URI", "/a?b"), ("HTTPS", "on"), ("HTTP_HOST", "h")]
            #expect(try await client.exchange(Wire.request(1, variables)).text == "GET https h /a?b")
        }
    }

    @Test("More parameters than HTTPFields can hold make no request", arguments: [10_001, 10_002, 70_000])
    func endlessFields(_ count: Int) {
        let fields = (1..<count).map { _ in (name: "HTTP_A", value: "") }
        let request = HTTPRequest(FastCGIParameters([(name: "REQUEST_METHOD", value: "GET")] + fields))
        #expect((request != nil) == (count <= 10_001))
    }
}
