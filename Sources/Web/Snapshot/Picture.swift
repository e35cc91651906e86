import Crawler

/// One picture of a post, and where readers get it.
struct Picture: Sendable {
    let post: Post
    /// Its place among the media of the post.
    let index: Int
    let media: Media

    /// The first picture of a post, if it has one.
    init?(of post: Post) {
        guard let index = post.media.firstIndex(where: { $0.kind == .image }) else { return nil }
        self.init(of: post, at: index)
    }

    /// The medium at that place, whatever its kind; `nil` when there is none.
    init?(of post: Post, at index: Int) {
        guard post.media.indices.contains(index) else { return nil }
        self.post = post
        self.index = index
        self.media = post.media[index]
    }

    /// The stable address of the picture on this service.
    var path: String { "/media/\(PercentEncoding.encode(post.id.source))/\(post.id.pathSegment)/\(index)" }

    /// Stays when the upstream address is only signed again, and changes when the author puts another picture there.
    var tag: EntityTag { EntityTag(of: "\(path)\n\(media.identity)".utf8) }
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
        return PercentEncoding.encode(escaped)
    }

    /// Reads what ``pathSegment`` wrote.
    ///
    /// - Parameter segment: the segment, percent-decoded.
    /// - Returns: nil for anything else: each id has one spelling.
    init?(source: String, pathSegment segment: String) {
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
        guard pathSegment == PercentEncoding.encode(segment) else { return nil }
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return digits.utf8.count < 2 ? "~0\(digits)" : "~\(digits)"
    }
}
