import Glibc

/// A call that failed on the client's side.
struct SocketFailure: Error, Equatable, CustomStringConvertible {
    var call: String
    var code: Int32

    init(_ call: String, _ code: Int32 = errno) {
        self.call = call
        self.code = code
    }

    var description: String { "\(call): \(String(cString: strerror(code)))" }
}
