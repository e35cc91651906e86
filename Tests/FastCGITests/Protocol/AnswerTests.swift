import FastCGI
import Testing

@Suite("Standard output and standard error", .serialized, .timeLimit(.minutes(10)))
struct AnswerTests {
    static let sizes: [Int] = [0, 1, 7, 8, 9] + Array(8_183...8_193) + [16_368, 16_369, 65_535, 65_536]

    @Test("an answer of any size arrives byte for byte", arguments: sizes, TestServer.Transport.allCases)
    func size(_ size: Int, _ transport: TestServer.Transport) async throws {
        let content = pattern(size)
        try await withServer(transport, handler: { _, response in try await response.write(content) }) { server in
            let client = try await server.connect()
            try await client.send(Wire.request())
            let expected = Wire.answer(1, content)
            #expect(try await client.bytes(expected.count) == expected)
            try await client.send(Wire.request(keep: false))
            #expect(try await client.remaining() == expected)
        }
    }

    @Test("five megabytes arrive at a slow reader", arguments: TestServer.Transport.allCases)
    func slowReader(_ transport: TestServer.Transport) async throws {
        let content = pattern(5 * 1_048_576)
        try await withServer(transport, handler: { _, response in try await response.write(content) }) { server in
            let client = try await server.connect(receiveBuffer: 4_096)
            try await client.send(Wire.request())
            let answer = try await client.answer(atOnce: 1_000)
            #expect(answer.output.count == content.count)
            #expect(answer == Answer(output: content, status: Wire.requestComplete))
        }
    }

    @Test("a reader that takes nothing for a while delays nobody else")
    func idleReader() async throws {
        let content = pattern(1_048_576)
        try await withServer(
            workers: 1,
            handler: { request, response in
                try await response.write(request.parameters["REQUEST_URI"] == "/" ? Handlers.helloBytes : content)
            }
        ) { server in
            let idle = try await server.connect()
            try await idle.send(Wire.request(1, [("REQUEST_URI", "/large")]))
            let other = try await server.connect()
            for _ in 0..<100 {
                #expect(try await other.exchange(Wire.request()).output == Handlers.helloBytes)
            }
            #expect(try await idle.answer().output == content)
        }
    }

    @Test("what is flushed arrives before the handler ends")
    func flushing() async throws {
        let (first, second) = (Promise<Void>(), Promise<Void>())
        try await withServer(handler: { _, response in
            try await response.write(Array("one".utf8))
            try await response.flush()
            try await first.wait()
            try await response.write(Array("two".utf8))
            try await response.flush()
            try await response.flush()
            try await second.wait()
            try await response.write(Array("three".utf8))
        }) { server in
            let client = try await server.connect()
            try await client.send(Wire.request(keep: false))
            let expected = Wire.answer(1, Array("onetwothree".utf8), flushedAt: [3, 6])
            #expect(try await client.bytes(16) == Array(expected[..<16]))
            first.fulfil()
            #expect(try await client.bytes(16) == Array(expected[16..<32]))
            second.fulfil()
            #expect(try await client.remaining() == Array(expected[32...]))
        }
    }

    @Test("what is not flushed waits for the end")
    func unflushed() async throws {
        try await withServer(handler: { _, response in
            for piece in ["a", "b", "c"] { try await response.write(Array(piece.utf8)) }
        }) { server in
            let client = try await server.connect()
            try await client.send(Wire.request(keep: false))
            #expect(try await client.remaining() == Wire.answer(1, Array("abc".utf8)))
        }
    }

    @Test("errors reach the web server as FCGI_STDERR")
    func errors() async throws {
        try await withServer(handler: { _, response in
            try await response.writeError("something is wrong\n")
            try await response.write(Handlers.helloBytes)
            try await response.writeError("again\n")
        }) { server in
            let client = try await server.connect()
            for _ in 0..<2 {
                try await client.send(Wire.request())
                let first = try await client.record()
                #expect(first == WireRecord(type: Wire.errors, id: 1, content: Array("something is wrong\n".utf8)))
                let answer = try await client.answer()
                #expect(answer.output == Handlers.helloBytes)
                #expect(answer.errorText == "again\n")
                #expect(answer.status == Wire.requestComplete)
            }
        }
    }

    @Test("the error stream is ended by an empty record")
    func errorsEnd() async throws {
        try await withServer(handler: { _, response in try await response.writeError("12345678") }) { server in
            let client = try await server.connect()
            try await client.send(Wire.request(keep: false))
            let expected =
                Wire.record(Wire.errors, 1, Array("12345678".utf8)) + Wire.record(Wire.errors, 1)
                + Wire.record(Wire.output, 1) + Wire.endRequest(1)
            #expect(try await client.remaining() == expected)
        }
    }

    @Test("errors of any size arrive whole", arguments: [1, 503, 504, 505, 512, 100_000, 1_000_000])
    func largeErrors(_ size: Int) async throws {
        let text = String(repeating: "e", count: size)
        try await withServer(handler: { request, response in
            try await response.writeError(text)
            try await Handlers.hello(request, response)
        }) { server in
            let client = try await server.connect()
            let answer = try await client.exchange(Wire.request())
            #expect(answer.errorText == text)
            #expect(answer.output == Handlers.helloBytes)
        }
    }

    @Test("any collection of bytes can be written")
    func collections() async throws {
        try await withServer(handler: { _, response in
            try await response.write("text".utf8)
            try await response.write(pattern(20_000)[5_000..<15_000])
            try await response.write(repeatElement(UInt8(65), count: 10_000))
            try await response.write(EmptyCollection())
        }) { server in
            let client = try await server.connect()
            let expected = Array("text".utf8) + pattern(20_000)[5_000..<15_000] + [UInt8](repeating: 65, count: 10_000)
            #expect(try await client.exchange(Wire.request()).output == expected)
        }
    }
}
