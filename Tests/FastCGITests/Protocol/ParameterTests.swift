import FastCGI
import Testing

@Suite("Parameters", .serialized, .timeLimit(.minutes(10)))
struct ParameterTests {
    /// The response of ``Handlers/parameters``: libfcgi puts the role first.
    private static func listed(_ pairs: [(String, String)]) -> String {
        "\r\n\r\nFCGI_ROLE=RESPONDER\n" + pairs.map { "\($0)=\($1)\n" }.joined()
    }

    private static func request(_ content: [UInt8], recordSize: Int = 65_535) -> [UInt8] {
        Wire.begin(1) + Wire.stream(Wire.parameters, 1, content, recordSize: recordSize) + Wire.record(Wire.input, 1)
    }

    static let lengths = [0, 1, 2, 126, 127, 128, 129, 255, 256, 8_183, 8_184, 8_192, 65_535, 65_536, 200_000]

    @Test("values of any length arrive whole", arguments: lengths)
    func values(_ length: Int) async throws {
        let value = String(decoding: (0..<length).map { UInt8(97 + $0 % 26) }, as: UTF8.self)
        let pairs = [("BEFORE", "1"), ("LONG", value), ("AFTER", "2")]
        try await withServer(handler: Handlers.parameters) { server in
            let client = try await server.connect()
            let content = pairs.flatMap { Wire.pair($0.0, $0.1) }
            #expect(try await client.exchange(Self.request(content)).text == Self.listed(pairs))
        }
    }

    @Test("names of any length arrive whole", arguments: [0, 1, 127, 128, 300, 70_000])
    func names(_ length: Int) async throws {
        let pairs = [(String(repeating: "N", count: length), "value"), ("AFTER", "2")]
        try await withServer(handler: Handlers.parameters) { server in
            let client = try await server.connect()
            let content = pairs.flatMap { Wire.pair($0.0, $0.1) }
            #expect(try await client.exchange(Self.request(content)).text == Self.listed(pairs))
        }
    }

    @Test("a length that fits one byte may come in four")
    func shortInFour() async throws {
        try await withServer(handler: Handlers.parameters) { server in
            let client = try await server.connect()
            let content = Wire.pair("NAME", "value", inFour: true) + Wire.pair("", "", inFour: true)
            let answer = try await client.exchange(Self.request(content))
            #expect(answer.text == Self.listed([("NAME", "value"), ("", "")]))
        }
    }

    @Test("a pair may be split over records at every place")
    func splitAnywhere() async throws {
        let long = String(repeating: "x", count: 130)
        let pairs = [("A", "1"), ("NAME", long), ("", ""), ("B", "2")]
        let content = pairs.flatMap { Wire.pair($0.0, $0.1) }
        try await withServer(handler: Handlers.parameters) { server in
            let client = try await server.connect()
            for place in 1..<content.count {
                let request =
                    Wire.begin(1) + Wire.record(Wire.parameters, 1, Array(content[..<place]), padding: place % 9)
                    + Wire.stream(Wire.parameters, 1, Array(content[place...])) + Wire.record(Wire.input, 1)
                #expect(try await client.exchange(request).text == Self.listed(pairs), "split at \(place)")
            }
        }
    }

    @Test("records may hold as little as one byte", arguments: [1, 2, 3, 7])
    func smallRecords(_ size: Int) async throws {
        let pairs = [("REQUEST_URI", "/path"), ("LONG", String(repeating: "y", count: 200))]
        let content = pairs.flatMap { Wire.pair($0.0, $0.1) }
        try await withServer(handler: Handlers.parameters) { server in
            let client = try await server.connect()
            #expect(try await client.exchange(Self.request(content, recordSize: size)).text == Self.listed(pairs))
        }
    }

    @Test("there may be none, or thousands", arguments: [0, 1, 30, 31, 5_000])
    func counts(_ count: Int) async throws {
        let pairs = (0..<count).map { ("NAME_\($0)", "\($0)") }
        var limits = FastCGILimits()
        limits.parameters = 5_000
        try await withServer(limits: limits, handler: Handlers.parameters) { server in
            let client = try await server.connect()
            let content = pairs.flatMap { Wire.pair($0.0, $0.1) }
            #expect(try await client.exchange(Self.request(content)).text == Self.listed(pairs))
        }
    }

    @Test("names may repeat, and the first one is found by its name")
    func repeated() async throws {
        try await withServer(handler: { request, response in
            try await response.write(Array("\(request.parameters["A"] ?? "-") \(request.parameters.count)".utf8))
        }) { server in
            let client = try await server.connect()
            let content = Wire.pair("A", "first") + Wire.pair("A", "second")
            #expect(try await client.exchange(Self.request(content)).text == "first 3")
        }
    }

    @Test("any bytes may be in a value; it ends at a NUL, and what is no UTF-8 is replaced")
    func bytes() async throws {
        try await withServer(handler: Handlers.parameters) { server in
            let client = try await server.connect()
            let content: [UInt8] =
                [1, 4, 65, 66, 0, 67, 68] + [1, 2, 69, 0xFF, 70] + Wire.pair("E", "a=b=c") + Wire.pair("Ü", "ß")
            let answer = try await client.exchange(Self.request(content))
            #expect(answer.text == Self.listed([("A", "B"), ("E", "\u{FFFD}F"), ("E", "a=b=c"), ("Ü", "ß")]))
        }
    }

    @Test("nothing of it gets into the process's environment")
    func environment() async throws {
        try await withServer(handler: Handlers.parameters) { server in
            let client = try await server.connect()
            let content = Wire.pair("FASTCGI_TEST_VARIABLE", "value")
            #expect(try await client.exchange(Self.request(content)).status == Wire.requestComplete)
            #expect(environmentVariable("FASTCGI_TEST_VARIABLE") == nil)
            #expect(environmentVariable("FCGI_ROLE") == nil)
        }
    }
}
