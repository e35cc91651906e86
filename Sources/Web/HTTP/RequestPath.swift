import Crawler

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

    /// The one address of what this path leads to: `/tags/%23B+a+a/latest/007` becomes `/tags/a+b/latest/7`.
    var address: String {
        let parts = segments.indices.map { index -> String in
            let segment = segments[index]
            if index == 1, ["tags", "embed"].contains(segments[0]) { return Self.names(segment) }
            if index > 0, segments[index - 1] == "latest", let number = DecimalNumber(segment) {
                return String(number.value)
            }
            return PercentEncoding.encode(segment)
        }
        return "/" + parts.joined(separator: "/")
    }

    /// Whether it is an address of a picture itself, by its form.
    var isOfPicture: Bool {
        segments.first == "media" || segments.last == "image" && ["latest", "tags"].contains(segments.first)
    }

    /// Hashtags joined by `+`, as ``PostQuery/prefix`` writes them. What is no hashtag stays as it is.
    private static func names(_ segment: String) -> String {
        let names = segment.unicodeScalars.split(separator: "+", omittingEmptySubsequences: false)
        let hashtags = names.prefix(100).compactMap { try? Hashtag(String($0)) }
        guard hashtags.count == names.count else { return PercentEncoding.encode(segment) }
        return PostQuery(hashtags).hashtags.map { PercentEncoding.encode($0.name) }.joined(separator: "+")
    }
}
