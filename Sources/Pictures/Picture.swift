import Posts

/// One picture of a post, and where readers get it.
package struct Picture: Sendable {
    package let post: Post
    /// Its place among the media of the post.
    let index: Int
    package let media: Media

    /// The first picture of a post, if it has one.
    package init?(of post: Post) {
        guard let index = post.media.firstIndex(where: { $0.kind == .image }) else { return nil }
        self.init(of: post, at: index)
    }

    /// The medium at that place, whatever its kind; `nil` when there is none.
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
    /// The id as one segment of a path, percent-encoded.
    ///
    /// A source may use ids that no path can hold, even percent-encoded: `.` and `..`, which browsers and web servers
    /// resolve, and ids with `/`, `\` or control characters. Their bytes, and `~` itself, are written `~XX`.
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

    /// Reads what ``pathSegment`` wrote.
    ///
    /// - Parameter segment: the segment, percent-decoded.
    /// - Returns: nil for anything else: each id has one spelling.
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
