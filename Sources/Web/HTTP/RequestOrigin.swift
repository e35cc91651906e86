import HTTPTypes
import Hummingbird

/// Scheme and host under which the reader sees the service, for the few places that need a whole
/// address.
struct RequestOrigin: Sendable, Equatable {
    /// Like `https://example.com`, or empty when the request names no usable host.
    let text: String

    init(_ request: Request) {
        let host = request.head.authority ?? ""
        guard !host.isEmpty, host.utf8.allSatisfy(Self.isHostByte) else {
            text = ""
            return
        }
        // The web server decides the scheme (REQUEST_SCHEME, HTTPS): it knows which routers to believe.
        text = (request.head.scheme?.lowercased() == "https" ? "https://" : "http://") + host
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ":"),
            UInt8(ascii: "["), UInt8(ascii: "]"):
            true
        default: false
        }
    }
}
