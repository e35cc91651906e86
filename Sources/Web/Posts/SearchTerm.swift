import Crawler

/// A word that is looked for in a ``SearchText``.
///
/// It must stand there as a whole word: `go` is not in `golang`. What is written in a script without spaces, and
/// emoji, are found anywhere.
struct SearchTerm: Sendable, Hashable {
    /// The word, case-folded.
    let text: String
    /// What is searched for, byte by byte.
    let pattern: [UInt8]

    /// - Returns: nil when there is no word in it, as in `!`.
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
