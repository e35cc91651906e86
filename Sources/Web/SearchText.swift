import Glibc
import Posts

/// A searchable text: case-folded words between single spaces.
///
/// A word is a run of letters, marks, digits and `_` of any script. A run of symbols, for example emoji, is a word too,
/// even next to letters. Everything between words counts as one space.
struct SearchText: Sendable, Hashable {
    /// UTF-8 that starts and ends with a space.
    private let bytes: [UInt8]

    init(_ text: String) {
        bytes = Array(Self.words(in: text).utf8)
    }

    /// Whether the text contains a term.
    func contains(_ term: SearchTerm) -> Bool {
        bytes.withUnsafeBytes { text in
            term.pattern.withUnsafeBytes { pattern in
                guard let start = text.baseAddress, let wanted = pattern.baseAddress else { return false }
                // Search for the first byte of the word, which is rarer than the space before it.
                let lead = pattern.count > 1 && pattern[0] == UInt8(ascii: " ") ? 1 : 0
                var place = lead
                while place - lead + pattern.count <= text.count {
                    let left = text.count - (pattern.count - lead) - place + 1
                    guard let found = memchr(start + place, Int32(pattern[lead]), left) else { return false }
                    place = start.distance(to: UnsafeRawPointer(found))
                    if memcmp(start + place - lead, wanted, pattern.count) == 0 { return true }
                    place += 1
                }
                return false
            }
        }
    }

    /// The words of a text between single spaces, with one at either end; a single space if there are none.
    ///
    /// Runs between ASCII spaces are folded separately, so that a space never combines with a neighbour. ASCII runs,
    /// the most common, need no normalization.
    static func words(in text: String) -> String {
        var words = WordWriter()
        for run in text.utf8.split(whereSeparator: { $0 == 0x20 || (0x09...0x0D).contains($0) }) {
            words.endWord()
            if run.allSatisfy({ $0 < 0x80 }) {
                for byte in run {
                    let isUpperCase = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                    words.append(Unicode.Scalar(isUpperCase ? byte | 0x20 : byte))
                }
            } else {
                for scalar in (CaseFolding.fold(String(Substring(run))) ?? "").unicodeScalars { words.append(scalar) }
            }
        }
        words.endWord()
        return String(words.text)
    }
}

/// Writes words between single spaces.
private struct WordWriter {
    private(set) var text = String.UnicodeScalarView(" ".unicodeScalars)
    /// The role of the characters in the current word; a separator between words.
    private var current = WordRole.separator

    mutating func append(_ scalar: Unicode.Scalar) {
        let role = WordRole(of: scalar)
        if role == .unseen { return }
        if role != current { endWord() }
        if role != .separator { text.append(scalar) }
        current = role
    }

    mutating func endWord() {
        if current != .separator { text.append(" ") }
        current = .separator
    }
}

/// A word to find in a ``SearchText``.
///
/// It matches only whole words: `go` does not match `golang`. Emoji and words in scripts without spaces match anywhere.
struct SearchTerm: Sendable, Hashable {
    /// The word, case-folded.
    let text: String
    /// The bytes to find.
    let pattern: [UInt8]

    /// - Returns: `nil` if the text contains no word, like `!`.
    init?(_ word: String) {
        let words = SearchText.words(in: word).unicodeScalars
        guard words.count > 1, let first = words.dropFirst().first, let last = words.dropLast().last else { return nil }
        var pattern = words
        if case .symbol = WordRole(of: last) { pattern.removeLast() }
        if case .symbol = WordRole(of: first) { pattern.removeFirst() }
        self.pattern = Array(String(pattern).utf8)
        text = CaseFolding.fold(word) ?? word
    }
}
