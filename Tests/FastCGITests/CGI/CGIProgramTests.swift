import Glibc
import Testing

@testable import FastCGI

@Suite("Plain CGI", .serialized, .timeLimit(.minutes(10)))
struct CGIProgramTests {
    @Test("is what a web server's environment says", arguments: [("CGI/1.1", true), ("CGI/1.0", true), ("", false)])
    func running(_ interface: String, _ isCGI: Bool) {
        #expect(CGIProgram.isRunning { $0 == "GATEWAY_INTERFACE" ? interface : nil } == isCGI)
        #expect(!CGIProgram.isRunning { _ in nil })
    }

    /// Runs a handler with pipes in place of the standard streams.
    private static func answer(
        input: [UInt8], length: Int, _ handler: @escaping FastCGIServer.Handler
    ) async throws -> (output: String, errors: String) {
        let (from, to, errors) = (try Pipe(), try Pipe(), try Pipe())
        try from.write(input)
        let exchange = CGIExchange(length: length, input: from.readEnd, output: to.writeEnd, errors: errors.writeEnd)
        let parameters = FastCGIParameters([(name: "A", value: "b")])
        let request = FastCGIRequest(parameters: parameters, exchange: exchange)
        try await handler(request, FastCGIResponse(exchange: exchange))
        return (try to.readAll(), try errors.readAll())
    }

    @Test("reads the body from standard input, and no more than its length")
    func body() async throws {
        let (output, _) = try await Self.answer(input: Array("bodyrest".utf8), length: 4, Handlers.echo)
        #expect(output == "\r\n\r\nbody")
    }

    @Test("fails when the body ends before its length")
    func shortBody() async throws {
        await #expect(throws: FastCGIError.requestAborted) {
            _ = try await Self.answer(input: Array("bo".utf8), length: 4, Handlers.echo)
        }
    }

    @Test("writes the answer to standard output and errors to standard error")
    func streams() async throws {
        let (output, errors) = try await Self.answer(input: [], length: 0) { request, response in
            try await response.write(Handlers.helloBytes)
            try await response.writeError("odd\n")
            try await response.flush()
        }
        #expect(output == String(decoding: Handlers.helloBytes, as: UTF8.self))
        #expect(errors == "odd\n")
    }

    /// Runs the program in its own process, on its standard streams.
    @Test("answers one request of its environment")
    func program() async throws {
        let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
            let environment = [
                "GATEWAY_INTERFACE": "CGI/1.1", "REQUEST_METHOD": "GET", "REQUEST_URI": "/x", "HTTP_ACCEPT": "*/*",
                "PATH": "/bin", "SECRET": "x", "CONTENT_LENGTH": "",
            ]
            await recordingErrors {
                try await CGIProgram.answer(environment: environment, handler: Handlers.parameters)
            }
            exit(EXIT_SUCCESS)
        }
        let output = String(decoding: result?.standardOutputContent ?? [], as: UTF8.self)
        let lines = ["CONTENT_LENGTH=", "GATEWAY_INTERFACE=CGI/1.1", "HTTP_ACCEPT=*/*", "REQUEST_METHOD=GET"]
        #expect(output.contains("\r\n\r\n" + lines.joined(separator: "\n")))
        #expect(!output.contains("SECRET"))
        #expect(!output.contains("PATH=/bin"))
    }

    @Test("answers 413 to a body that is too large, and 500 when the handler fails")
    func canned() async throws {
        let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
            await recordingErrors {
                var limits = FastCGILimits()
                limits.bodyBytes = 10
                let large = ["CONTENT_LENGTH": "11"]
                try await CGIProgram.answer(environment: large, limits: limits, handler: Handlers.hello)
                try await CGIProgram.answer(environment: [:]) { _, _ in throw FastCGIError.requestAborted }
            }
            exit(EXIT_SUCCESS)
        }
        let output = String(decoding: result?.standardOutputContent ?? [], as: UTF8.self)
        #expect(output.contains("Status: 413 Content Too Large\r\n"))
        #expect(output.contains("Status: 500 Internal Server Error\r\n"))
    }

    @Test(
        "A length that no integer holds is larger than any limit",
        arguments: [
            ("4", 4), ("0", 0), ("", 0), ("-1", 0), ("+4", 0), ("4x", 0),
            ("99999999999999999999999999999999", Int.max), ("9223372036854775807", Int.max),
        ])
    func contentLength(_ text: String, _ length: Int) {
        #expect(CGIProgram.contentLength(text) == length)
    }
}
