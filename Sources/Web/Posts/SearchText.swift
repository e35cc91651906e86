import Crawler

/// A text as it is searched: case-folded, its words between single spaces.
///
/// A word is a run of letters, marks, digits and `_` of any script, and so is a run of symbols such as emoji, also where
/// it touches a word of letters. All that stands between words counts as one space.
struct SearchText: Sendable, Hashable {
    /// UTF-8 that begins and ends with a space.
    private let bytes: [UInt8]

    init(_ text: String) {
        bytes = Array(Self.words(in: text).utf8)
    }

    /// Whether a term stands in it.
    func contains(_ term: SearchTerm) -> Bool {
        let pattern = term.pattern
        guard let first = pattern.first, pattern.count <= bytes.count else { return false }
        for start in 0...(bytes.count - pattern.count) where bytes[start] == first {
            if bytes[start..<start + pattern.count].elementsEqual(pattern) { return true }
        }
        return false
    }

    /// The words of a text between single spaces, with one at either end; a lone space when there are none.
    static func words(in text: String) -> String {
        var words = String.UnicodeScalarView()
        words.append(" ")
        // What the word so far is made of; a separator between words.
        var current = WordRole.separator
        for scalar in (CaseFolding.fold(text) ?? "").unicodeScalars {
            let role = WordRole(of: scalar)
            if role == .unseen { continue }
            if role != current && current != .separator { words.append(" ") }
            if role != .separator { words.append(scalar) }
            current = role
        }
        if current != .separator { words.append(" ") }
        return String(words)
    }
}
