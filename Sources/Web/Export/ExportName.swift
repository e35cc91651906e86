import Crawler

/// Names of files that pictures are exported to.
enum ExportName {
    /// What the names of the files of one picture begin with: when it was posted, where, its id and its place in the
    /// post, as in `2026-11-24T091500Z_instagram_123_0`. Letters, digits, `.`, `_` and `-` only.
    static func stem(of picture: Picture) -> String {
        let time = CivilTime(secondsSinceEpoch: picture.post.publishedAt).timestamp.replacing(":", with: "")
        let id = picture.post.id
        return "\(time)_\(safe(id.source))_\(safe(id.value))_\(picture.index)"
    }

    /// The ending of the files of a kind of picture.
    static func ending(of type: ImageType) -> String { type == .jpeg ? "jpg" : type.rawValue }

    /// A text with only such characters as stand for themselves on every file system. One that had others, or is too
    /// long, ends with a number made from all of it, so that two that differ stay different.
    private static func safe(_ text: String) -> String {
        let kept = String(
            decoding: text.utf8.prefix(80).map { byte in isSafe(byte) ? byte : UInt8(ascii: "_") }, as: UTF8.self)
        return kept == text ? text : "\(kept)-\(String(hash(text), radix: 16))"
    }

    private static func isSafe(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// FNV-1a, which is the same everywhere and always.
    private static func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
