/// Answers one request as a plain CGI program (RFC 3875), for web servers that know no FastCGI.
public enum CGIProgram {
    /// Whether a web server started this process as a CGI program.
    ///
    /// - Parameter environment: gives a variable's value.
    public static func isRunning(environment: (String) -> String?) -> Bool {
        environment("GATEWAY_INTERFACE")?.hasPrefix("CGI/") ?? false
    }

    /// Answers the request that the environment and standard input hold.
    ///
    /// - Parameters:
    ///   - environment: the process's variables. Only CGI meta-variables and `HTTP_*` are taken.
    ///   - limits: ``FastCGILimits/bodyBytes`` is the largest `CONTENT_LENGTH`; above it the answer is 413.
    ///   - handler: answers the request.
    /// - Throws: what the handler throws after it has begun its answer; before that, the answer is 500.
    public static func answer(
        environment: [String: String], limits: FastCGILimits = FastCGILimits(), handler: FastCGIServer.Handler
    ) async throws {
        let parameters = FastCGIParameters(
            environment.filter { metaVariables.contains($0.key) || $0.key.hasPrefix("HTTP_") }
                .sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) })
        let length = contentLength(parameters["CONTENT_LENGTH"] ?? "")
        let exchange = CGIExchange(length: max(0, length))
        let response = FastCGIResponse(exchange: exchange)
        // A chunked body has no length; it ends with the input.
        defer { exchange.skipBody(toTheEnd: parameters["HTTP_TRANSFER_ENCODING"] != nil) }
        guard parameters.count <= limits.parameters else {
            return try await response.write(CannedAnswer.parametersTooLarge.bytes)
        }
        guard length <= limits.bodyBytes else { return try await response.write(CannedAnswer.bodyTooLarge.bytes) }
        do {
            try await handler(FastCGIRequest(parameters: parameters, exchange: exchange), response)
        } catch {
            guard !exchange.hasResponseStarted else { throw error }
            try await response.write(CannedAnswer.handlerFailed.bytes)
        }
    }

    /// A length that no integer holds is larger than any that is allowed; what is not a number is none.
    static func contentLength(_ text: String) -> Int {
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), !text.isEmpty else { return 0 }
        return Int(text) ?? .max
    }

    /// RFC 3875, section 4.1, and what web servers add to it.
    private static let metaVariables: Set<String> = [
        "AUTH_TYPE", "CONTENT_LENGTH", "CONTENT_TYPE", "DOCUMENT_ROOT", "DOCUMENT_URI", "GATEWAY_INTERFACE", "HTTPS",
        "PATH_INFO", "PATH_TRANSLATED", "QUERY_STRING", "REMOTE_ADDR", "REMOTE_HOST", "REMOTE_IDENT", "REMOTE_PORT",
        "REMOTE_USER", "REQUEST_METHOD", "REQUEST_SCHEME", "REQUEST_URI", "SCRIPT_FILENAME", "SCRIPT_NAME",
        "SERVER_ADDR", "SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL", "SERVER_SOFTWARE",
    ]
}
