import Glibc

/// What can go wrong in the FastCGI server, for the operator or for a handler.
public enum FastCGIError: Error, Equatable, CustomStringConvertible {
    /// A listening socket could not be made: where, and why.
    case listen(address: String, reason: String)
    /// A setting is not allowed: its name, its value, and what is allowed.
    case configuration(name: String, value: String, allowed: String)
    /// A system call failed: its name and `errno`.
    case system(String, Int32)
    /// libfcgi refused something.
    case libfcgi(String)
    /// The client went away, the web server aborted the request, or the server gave it up.
    case requestAborted
    /// The body is larger than ``FastCGILimits/bodyBytes``.
    case bodyTooLarge(limit: Int)
    /// The client sent no more of the body within ``FastCGILimits/receiveTimeout``.
    case receiveTimeout
    /// The client took nothing of the answer within ``FastCGILimits/sendTimeout``.
    case sendTimeout

    /// A sentence for a person.
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

    /// What the system says of an `errno`.
    static func message(_ code: Int32) -> String {
        String(cString: strerror(code))
    }
}
