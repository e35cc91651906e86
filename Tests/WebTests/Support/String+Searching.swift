extension String {
    /// How often a text occurs in this one.
    func count(of text: String) -> Int {
        ranges(of: text).count
    }

    /// How often one text occurs before the next white space or quote after another one.
    func count(of text: String, after start: String) -> Int {
        ranges(of: start).count { self[$0.upperBound...].prefix { !$0.isWhitespace && $0 != "\"" }.contains(text) }
    }

    /// What stands between each opening and the closing that follows; to the end when that is empty.
    func pieces(between opening: String, and closing: String) -> [String] {
        ranges(of: opening).compactMap { range in
            let rest = self[range.upperBound...]
            if closing.isEmpty { return String(rest) }
            return rest.firstRange(of: closing).map { String(rest[..<$0.lowerBound]) }
        }
    }
}
