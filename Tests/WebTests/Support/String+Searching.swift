extension String {
    /// The number of occurrences of a text.
    func count(of text: String) -> Int {
        ranges(of: text).count
    }

    /// The number of occurrences of `start` that `text` follows before the next white space or quote.
    func count(of text: String, after start: String) -> Int {
        ranges(of: start).count { self[$0.upperBound...].prefix { !$0.isWhitespace && $0 != "\"" }.contains(text) }
    }

    /// The texts between each opening and the next closing; to the end if `closing` is empty.
    func pieces(between opening: String, and closing: String) -> [String] {
        ranges(of: opening).compactMap { range in
            let rest = self[range.upperBound...]
            if closing.isEmpty { return String(rest) }
            return rest.firstRange(of: closing).map { String(rest[..<$0.lowerBound]) }
        }
    }
}
