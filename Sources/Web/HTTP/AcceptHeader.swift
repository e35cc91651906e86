/// The media types that a reader wants (RFC 9110, section 12.5.1).
struct AcceptHeader: Sendable {
    private struct Range {
        var type: Substring
        var subtype: Substring
        var quality: Double
    }

    private let ranges: [Range]

    /// - Parameter value: the field's value; `nil` or empty means that anything is welcome.
    ///   Elements that are not media ranges are passed over.
    init(_ value: String?) {
        ranges = (value ?? "").lowercased().split(separator: ",").compactMap(Self.range)
    }

    /// Whether HTML is wanted more than JSON. When both are as welcome, as with `*/*`, it is not.
    var prefersHTML: Bool {
        let html = max(quality(of: "text", "html"), quality(of: "application", "xhtml+xml"))
        return html > quality(of: "application", "json")
    }

    /// From 0, not wanted, to 1. Of the ranges that fit, the most specific decides.
    func quality(of type: String, _ subtype: String) -> Double {
        if ranges.isEmpty { return 1 }
        let exact = ranges.filter { $0.type == type && $0.subtype == subtype }
        let wholeType = ranges.filter { $0.type == type && $0.subtype == "*" }
        let anything = ranges.filter { $0.type == "*" && $0.subtype == "*" }
        let deciding = [exact, wholeType, anything].first { !$0.isEmpty } ?? []
        return deciding.map(\.quality).max() ?? 0
    }

    private static func range(_ element: Substring) -> Range? {
        let parts = element.split(separator: ";", omittingEmptySubsequences: false)
        guard let name = parts.first?.trimmingSpaces(), !name.isEmpty else { return nil }
        let types = name.split(separator: "/", omittingEmptySubsequences: false)
        var quality = 1.0
        for parameter in parts.dropFirst() {
            let pair = parameter.split(separator: "=", maxSplits: 1)
            guard pair.count == 2, pair[0].trimmingSpaces() == "q" else { continue }
            guard let value = Double(pair[1].trimmingSpaces()), (0...1).contains(value) else { return nil }
            quality = value
        }
        switch types.count {
        // Java's old client writes a lone `*` for `*/*`.
        case 1 where types[0] == "*": return Range(type: "*", subtype: "*", quality: quality)
        case 2: return Range(type: types[0], subtype: types[1], quality: quality)
        default: return nil
        }
    }
}
