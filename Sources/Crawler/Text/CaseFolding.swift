import CUTF8Proc

/// Unicode's compatibility normalization with case folding, by utf8proc. No other file of the module calls C.
public enum CaseFolding {
    /// The longest text that is folded, in Unicode scalars: no text of a post is longer.
    static let longest = 20_000

    /// NFKC and full case folding in one step, so that spellings that look or read alike compare
    /// equal: `Ｇｏ` becomes `go`, `Straße` becomes `strasse`.
    ///
    /// utf8proc sorts marks in quadratic time: no more than 30 in a row are kept, and ``longest`` scalars in all.
    ///
    /// - Returns: nil when utf8proc refuses the text: it is too long for memory.
    public static func fold(_ text: String) -> String? {
        let options = utf8proc_option_t(
            rawValue: UTF8PROC_COMPAT.rawValue | UTF8PROC_COMPOSE.rawValue | UTF8PROC_STABLE.rawValue
                | UTF8PROC_CASEFOLD.rawValue
        )
        let bytes = Array(text.streamSafe(scalars: longest, bytes: 4 * longest).utf8)
        var codePoints = [Int32](repeating: 0, count: bytes.count)
        var count = utf8proc_decompose(bytes, bytes.count, &codePoints, codePoints.count, options)
        if count > codePoints.count {
            // One character can become up to 18; the first call said how many are needed.
            codePoints = [Int32](repeating: 0, count: count)
            count = utf8proc_decompose(bytes, bytes.count, &codePoints, codePoints.count, options)
        }
        guard count >= 0, count <= codePoints.count else { return nil }
        let composed = utf8proc_normalize_utf32(&codePoints, count, options)
        guard composed >= 0, composed <= codePoints.count else { return nil }
        var folded = String.UnicodeScalarView()
        folded.append(
            contentsOf: codePoints.prefix(composed).compactMap { Unicode.Scalar(UInt32(bitPattern: $0)) }
        )
        return String(folded)
    }
}
