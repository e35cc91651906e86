/// The path of a request, percent-decoded once and taken apart.
///
/// Everything that two readers could understand differently is refused rather than repaired:
/// broken escapes, bytes that are not UTF-8, NUL, empty segments and the dot segments.
struct RequestPath: Sendable, Equatable {
    /// The decoded segments; none for `/`.
    let segments: [String]

    /// - Parameter encoded: the path as it came in, without the query.
    init?(_ encoded: some StringProtocol) {
        guard let decoded = PercentEncoding.decode(encoded), decoded.utf8.first == UInt8(ascii: "/"),
            !decoded.utf8.contains(0)
        else { return nil }
        let tail = decoded.utf8.dropFirst()
        if tail.isEmpty {
            segments = []
            return
        }
        let parts = tail.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { String($0) ?? "" }
        guard parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }) else { return nil }
        segments = parts
    }

    /// The one spelling of this path: `/%73tatus` and `/status` both become `/status`.
    var canonical: String {
        "/" + segments.map(PercentEncoding.encode).joined(separator: "/")
    }
}
