import Glibc
import Synchronization

/// Handles one request as a plain CGI program (RFC 3875), for web servers without FastCGI.
public enum CGIProgram {
    /// Returns whether a web server started this process as a CGI program.
    ///
    /// - Parameter environment: returns the value of a variable.
    public static func isRunning(environment: (String) -> String?) -> Bool {
        environment("GATEWAY_INTERFACE")?.hasPrefix("CGI/") ?? false
    }

    /// Handles the request in the environment and on standard input.
    ///
    /// - Parameters:
    ///   - environment: the variables of the process. Only CGI meta-variables and `HTTP_*` are used.
    ///   - limits: ``FastCGILimits/bodyBytes`` is the largest `CONTENT_LENGTH`; above it the response is 413.
    ///   - handler: writes the response.
    /// - Throws: the handler's error if the response has started; before that, the response is 500.
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

    /// Parses `CONTENT_LENGTH`. Returns `Int.max` for a number that is too large, and 0 for anything that is not a
    /// number.
    static func contentLength(_ text: String) -> Int {
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), !text.isEmpty else { return 0 }
        return Int(text) ?? .max
    }

    /// The variables of RFC 3875, section 4.1, and those that web servers add.
    private static let metaVariables: Set<String> = [
        "AUTH_TYPE", "CONTENT_LENGTH", "CONTENT_TYPE", "DOCUMENT_ROOT", "DOCUMENT_URI", "GATEWAY_INTERFACE", "HTTPS",
        "PATH_INFO", "PATH_TRANSLATED", "QUERY_STRING", "REMOTE_ADDR", "REMOTE_HOST", "REMOTE_IDENT", "REMOTE_PORT",
        "REMOTE_USER", "REQUEST_METHOD", "REQUEST_SCHEME", "REQUEST_URI", "SCRIPT_FILENAME", "SCRIPT_NAME",
        "SERVER_ADDR", "SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL", "SERVER_SOFTWARE",
    ]
}

/// The exchange of a CGI program: the body is standard input, the response is standard output.
///
/// Reads and writes block, because the process handles only this request.
final class CGIExchange: Exchange {
    private let input: Int32
    private let output: Int32
    private let errors: Int32
    /// The number of unread bytes of the body.
    private let left: Mutex<Int>
    private let started = Atomic<Bool>(false)
    private let hasRead = Atomic<Bool>(false)

    /// - Parameter length: the length of the body in bytes.
    init(length: Int, input: Int32 = 0, output: Int32 = 1, errors: Int32 = 2) {
        left = Mutex(length)
        self.input = input
        self.output = output
        self.errors = errors
    }

    var isBodyEmpty: Bool { left.withLock { $0 == 0 } && !hasRead.load(ordering: .relaxed) }

    func readBody() async throws -> [UInt8]? {
        try left.withLock { left in
            guard left > 0 else { return nil }
            let bytes = [UInt8](unsafeUninitializedCapacity: min(left, 65_536)) { buffer, count in
                repeat { count = read(input, buffer.baseAddress, buffer.count) } while count < 0 && errno == EINTR
                count = max(0, count)
            }
            guard !bytes.isEmpty else { throw FastCGIError.requestAborted }
            left -= bytes.count
            hasRead.store(true, ordering: .relaxed)
            return bytes
        }
    }

    /// Reads the rest of the body. Some web servers (Apache's mod_cgid) lose the response if the program ends before
    /// it has read everything they send.
    ///
    /// - Parameter toTheEnd: whether to read to the end of the input, whatever its declared length.
    func skipBody(toTheEnd: Bool) {
        left.withLock { left in
            if toTheEnd { left = Int.max }
            var piece = [UInt8](repeating: 0, count: 65_536)
            while left > 0 {
                let count = read(input, &piece, min(left, piece.count))
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { break }
                left -= count
            }
            left = 0
        }
    }

    func offer(_ bytes: UnsafeRawBufferPointer) throws -> Int {
        started.store(true, ordering: .relaxed)
        return try Self.write(bytes, to: output)
    }

    func offerErrors(_ bytes: UnsafeRawBufferPointer) throws -> Int {
        try Self.write(bytes, to: errors)
    }

    private static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) throws -> Int {
        guard !bytes.isEmpty else { return 0 }
        let count = Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        guard count >= 0 || errno == EINTR else { throw FastCGIError.requestAborted }
        return max(0, count)
    }

    func flush() throws -> Bool { true }
    func flushErrors() throws -> Bool { true }
    func waitForRoom() async throws {}
    func finish(status: Int32) throws -> Bool { true }
    func breakOff() {}
    var hasResponseStarted: Bool { started.load(ordering: .relaxed) }
}
