/// An answer that the server gives without asking the handler.
enum CannedAnswer {
    case bodyTooLarge
    case parametersTooLarge
    case handlerTimeout
    case handlerFailed

    /// The answer when a handler threw before it began its own.
    init(to error: any Error) {
        if case FastCGIError.bodyTooLarge = error { self = .bodyTooLarge } else { self = .handlerFailed }
    }

    private var status: String {
        switch self {
        case .bodyTooLarge: "413 Content Too Large"
        case .parametersTooLarge: "431 Request Header Fields Too Large"
        case .handlerTimeout: "504 Gateway Timeout"
        case .handlerFailed: "500 Internal Server Error"
        }
    }

    /// The answer as a CGI program writes it (RFC 3875, section 6).
    var bytes: [UInt8] {
        let head = "Status: \(status)\r\nContent-Type: text/plain\r\nContent-Length: \(status.utf8.count + 1)\r\n\r\n"
        return Array("\(head)\(status)\n".utf8)
    }
}
