import Posts

/// One picture of a post, and its address on this service.
package struct Picture: Sendable {
    package let post: Post
    /// The picture's index in the media of the post.
    let index: Int
    package let media: Media

    /// The first picture of a post. Returns `nil` if it has none.
    package init?(of post: Post) {
        guard let index = post.media.firstIndex(where: { $0.kind == .image }) else { return nil }
        self.init(of: post, at: index)
    }

    /// The media at an index, of any kind. Returns `nil` if the index is out of range.
    package init?(of post: Post, at index: Int) {
        guard post.media.indices.contains(index) else { return nil }
        self.post = post
        self.index = index
        self.media = post.media[index]
    }

    /// The stable address of the picture on this service.
    package var path: String { "/media/\(post.id.source.percentEncoded)/\(post.id.pathSegment)/\(index)" }
}

extension Post.ID {
    /// The ID as a percent-encoded path segment.
    ///
    /// A source may use IDs that are unsafe in a path even when percent-encoded: `.` and `..`, which browsers and web
    /// servers resolve, and IDs with `/`, `\` or control characters. The bytes of these, and `~` itself, are written
    /// as `~XX`.
    var pathSegment: String {
        let isDots = value == "." || value == ".."
        var escaped = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\0"..<" ", "\u{7F}", "/", "\\", "~": escaped += Self.escape(scalar)
            case "." where isDots: escaped += Self.escape(scalar)
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped.percentEncoded
    }

    /// Parses a ``pathSegment``.
    ///
    /// - Parameter segment: the percent-decoded segment.
    /// - Returns: nil for any other text, because each ID has only one spelling.
    package init?(source: String, pathSegment segment: String) {
        var bytes: [UInt8] = []
        var rest = segment.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "~") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let code = String(rest.prefix(2)).flatMap({ UInt8($0, radix: 16) }) else {
                return nil
            }
            bytes.append(code)
            rest = rest.dropFirst(2)
        }
        guard let value = String(validating: bytes, as: UTF8.self) else { return nil }
        self.init(source: source, value: value)
        guard pathSegment == segment.percentEncoded else { return nil }
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return digits.utf8.count < 2 ? "~0\(digits)" : "~\(digits)"
    }
}
