import Crawler
import NIOCore
import Synchronization

/// A post has been found. It is encoded once, and its caption made ready for searches once, however many streams there
/// are.
final class PostEvent: Sendable {
    let post: Post
    /// The hashtags under which it has been found now.
    let foundUnder: Set<Hashtag>
    /// The hashtags under which it was known before.
    let knownUnder: Set<Hashtag>
    /// Whether it is of the first posts that were found under these hashtags: those that the store kept from an
    /// earlier process, perhaps, which are not new to everybody.
    let isOfFirstFind: Bool
    private let searched = Mutex<SearchText?>(nil)
    private let encoded = Mutex<(json: ByteBuffer?, card: ByteBuffer?)>((nil, nil))

    init(_ post: Post, foundUnder: Set<Hashtag>, knownUnder: Set<Hashtag>, isOfFirstFind: Bool) {
        self.post = post
        self.foundUnder = foundUnder
        self.knownUnder = knownUnder
        self.isOfFirstFind = isOfFirstFind
    }

    /// The caption as it is searched.
    var caption: SearchText {
        searched.withLock { searched in
            if let searched { return searched }
            let text = SearchText(post.caption)
            searched = text
            return text
        }
    }

    /// The event without its id, with the empty line that ends it.
    ///
    /// - Parameter now: seconds since 1970-01-01T00:00:00Z, for a card.
    func bytes(_ view: EventSelection.View, now: Int64) -> ByteBuffer {
        encoded.withLock { encoded in
            let known = view == .json ? encoded.json : encoded.card
            if let known { return known }
            let bytes = Self.encode(post, view, now: now)
            if view == .json { encoded.json = bytes } else { encoded.card = bytes }
            return bytes
        }
    }

    /// JSON is one line, whatever a caption holds, and so one `data` field.
    static func encode(_ post: Post, _ view: EventSelection.View, now: Int64) -> ByteBuffer {
        let data: JSON
        switch view {
        case .json: data = post.json
        case .card:
            let card = Picture(of: post).map { PostCard(post: post, picture: $0, isEarly: true, now: now).html }
            data = .object(["id": .string(post.id.description), "html": .string(card?.text ?? "")])
        }
        var bytes = ByteBuffer(string: "event: post\ndata: ")
        bytes.writeBytes(data.encoded)
        bytes.writeInteger(UInt8(ascii: "\n"))
        return bytes
    }
}
