import Glibc

/// An error of the FastCGI server, for the operator or for a handler.
public enum FastCGIError: Error, Equatable, CustomStringConvertible {
    /// A listening socket could not be created.
    case listen(address: String, reason: String)
    /// A setting is out of range.
    case configuration(name: String, value: String, allowed: String)
    /// A system call failed: its name and `errno`.
    case system(String, Int32)
    /// A libfcgi function failed: its name or the reason.
    case libfcgi(String)
    /// The client disconnected, the web server aborted the request, or the server ended it.
    case requestAborted
    /// The body is larger than ``FastCGILimits/bodyBytes``.
    case bodyTooLarge(limit: Int)
    /// The client sent no more of the body within ``FastCGILimits/receiveTimeout``.
    case receiveTimeout
    /// The client read nothing of the response within ``FastCGILimits/sendTimeout``.
    case sendTimeout

    /// A message for the operator.
    public var description: String {
        switch self {
        case .listen(let address, let reason): "cannot listen on \(address): \(reason)"
        case .configuration(let name, let value, let allowed): "\(name) is \(value); allowed is \(allowed)"
        case .system(let call, let code): "\(call) failed: \(Self.message(code))"
        case .libfcgi(let what): "libfcgi failed: \(what)"
        case .requestAborted: "the request was aborted"
        case .bodyTooLarge(let limit): "the request's body is larger than \(limit) bytes"
        case .receiveTimeout: "the rest of the request did not arrive in time"
        case .sendTimeout: "the client did not take the answer in time"
        }
    }

    /// The system's message for an `errno`.
    static func message(_ code: Int32) -> String {
        String(cString: strerror(code))
    }
}
