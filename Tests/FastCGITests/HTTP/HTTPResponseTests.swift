import FastCGI
import HTTPTypes
import Testing

@Suite("HTTPResponse as a CGI program writes it")
struct HTTPResponseTests {
    private static func head(_ response: HTTPResponse) -> String {
        String(decoding: response.cgiHead, as: UTF8.self)
    }

    @Test("begins with the status and ends with an empty line")
    func simple() {
        let response = HTTPResponse(status: .notFound, headerFields: [.contentType: "text/plain", .contentLength: "0"])
        #expect(Self.head(response) == "Status: 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 0\r\n\r\n")
    }

    @Test("keeps repeated fields apart")
    func repeated() {
        var fields = HTTPFields()
        fields.append(HTTPField(name: .setCookie, value: "a=b"))
        fields.append(HTTPField(name: .setCookie, value: "c=d"))
        let response = HTTPResponse(status: .ok, headerFields: fields)
        #expect(Self.head(response) == "Status: 200 OK\r\nSet-Cookie: a=b\r\nSet-Cookie: c=d\r\n\r\n")
    }

    static let injections = [
        "a\r\nX-Evil: 1", "a\nX-Evil: 1", "a\rX-Evil: 1", "a\r\n\r\nbody", "\u{0}", "\r\n", "a\u{85}b\u{2028}c",
    ]

    @Test("never has a line break that it did not make", arguments: injections)
    func injection(_ text: String) throws {
        let name = try #require(HTTPField.Name("X-Test"))
        let status = HTTPResponse.Status(code: 299, reasonPhrase: text)
        let head = HTTPResponse(status: status, headerFields: [name: text, .location: text]).cgiHead
        let lines = head.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        #expect(lines.count == 5, "the status, two fields, the empty line, and nothing after it")
        for line in lines.dropLast() {
            #expect(line.last == UInt8(ascii: "\r"))
            #expect(line.filter { $0 == UInt8(ascii: "\r") || $0 == 0 }.count == 1)
        }
        #expect(!lines.contains { $0.starts(with: Array("X-Evil".utf8)) })
    }

    @Test("is refused a name that is no token", arguments: ["", "A B", "A:", "A\r\nB", "Ü"])
    func names(_ name: String) {
        #expect(HTTPField.Name(name) == nil)
    }

    @Test("reaches the web server as it is")
    func throughServer() async throws {
        let response = HTTPResponse(status: .ok, headerFields: [.contentType: "text/html"])
        try await withServer(handler: { _, answer in
            try await answer.write(response.cgiHead)
            try await answer.write("<p>".utf8)
        }) { server in
            let client = try await server.connect()
            let answer = try await client.exchange(Wire.request())
            #expect(answer.text == "Status: 200 OK\r\nContent-Type: text/html\r\n\r\n<p>")
        }
    }
}
