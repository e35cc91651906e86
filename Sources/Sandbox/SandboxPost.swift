import Posts

/// One post of the emulated Instagram.
package struct SandboxPost: Sendable, Hashable {
    /// What a post holds.
    package enum Content: Sendable, Hashable {
        /// One picture or video.
        case single(SandboxMedia)
        /// One picture whose address upstream withholds, for copyright.
        case withheld
        /// An album of 2 to 4, of which the first may be a video.
        case album([SandboxMedia])
    }

    /// 17 digits, different from those of every other post of the hashtag.
    package let id: String

    /// The position in the hashtag's history: the next post has the next number.
    package let number: Int

    /// When it was published, in seconds since 1970.
    package let published: Double

    /// The text below the picture: one or several lines, in one of many languages.
    package let caption: String

    /// How many comments there are.
    package let commentsCount: Int

    /// How many people liked it; nil for those who hide that.
    package let likeCount: Int?

    /// The pictures.
    package let content: Content

    /// `https://www.instagram.com/p/` and a code of 11 characters; nothing is there.
    package let permalink: String

    /// ``published`` as upstream writes it, e.g. `2026-11-24T05:46:44+0000`.
    package var timestamp: String { Timestamp.text(published) }

    /// `IMAGE`, `VIDEO` or `CAROUSEL_ALBUM`.
    package var mediaType: String {
        switch content {
        case .single(let medium): medium.kind.rawValue
        case .withheld: SandboxMedia.Kind.image.rawValue
        case .album: "CAROUSEL_ALBUM"
        }
    }

    /// The post's own medium; nil for albums and where the address is withheld.
    package var medium: SandboxMedia? {
        guard case .single(let medium) = content else { return nil }
        return medium
    }

    /// The media of an album; empty for other posts.
    package var children: [SandboxMedia] {
        guard case .album(let children) = content else { return [] }
        return children
    }
}

extension SandboxPost {
    /// The hashtags of the caption, in lower case, each once, in the order in which they stand there.
    var hashtags: [String] {
        var names: [String] = []
        for word in caption.split(whereSeparator: \.isWhitespace) where word.hasPrefix("#") {
            guard let name = SandboxHashtag(name: word)?.name, !names.contains(name) else { continue }
            names.append(name)
        }
        return names
    }
}

/// A picture or a video of a post, and where the sandbox serves it.
package struct SandboxMedia: Sendable, Hashable {
    /// What a medium is.
    package enum Kind: String, Sendable {
        /// A PNG picture.
        case image = "IMAGE"
        /// A video, of which the sandbox serves no more than the first box of an MP4 file.
        case video = "VIDEO"
    }

    /// 17 digits: the post's own id, or that of the album's child.
    package let id: String

    /// Picture or video.
    package let kind: Kind

    /// When its post was published, in seconds since 1970.
    private let published: Double

    /// The query without the end of the address.
    private let query: String

    /// A medium of a post that was published at `time`.
    init(id: MediaID, kind: Kind, time: Double) {
        self.id = id.description
        self.kind = kind
        published = time
        let type = Self.type(of: kind)
        let size = PictureFrame(of: id)
        var dice = Dice(seed: id.description, position: 1)
        query =
            "stp=dst-\(type)_s\(size.width)x\(size.height)"
            + "&_nc_cat=\(100 + dice.below(12))&_nc_sid=\(String(dice.next() >> 40, radix: 16))"
    }

    /// The path that lasts, e.g. `/media/17900000012345678.png`.
    package var plainPath: String { "/media/\(id).\(Self.type(of: kind))" }

    /// The path of another size of a picture, as Flickr names them: `m` is small, `b` is large.
    func path(ofSize size: Character) -> String { "/media/\(id)_\(size).\(Self.type(of: kind))" }

    /// Path and query as Instagram's CDN has them, e.g.
    /// `/media/17900000012345678.png?stp=dst-png_s640&_nc_cat=104&_nc_sid=1f2e&oe=6924AB12`, with `&`, which a client has
    /// to escape in HTML.
    ///
    /// The address ends at the time in `oe`, and others are handed out before it does: one lasts for half of the lifetime
    /// at least, and for all of it at most.
    ///
    /// - Parameters:
    ///   - time: when it is handed out, in seconds since 1970.
    ///   - lifetime: how long it lasts at most.
    package func path(at time: Double, lifetime: Duration) -> String {
        let half = max(0.5, lifetime / .seconds(2))
        let age = time.isFinite ? max(0, time - published) : 0
        let end = published + ((age / half).rounded(.down) + 2) * half
        let expiry = String(UInt64(min(max(0, end), 1e15)), radix: 16, uppercase: true)
        return "\(plainPath)?\(query)&oe=\(expiry)"
    }

    private static func type(of kind: Kind) -> String { kind == .image ? "png" : "mp4" }
}

/// The id of a post or of an album's child: 17 digits, as Instagram's are.
///
/// `179` or `180`, then 13 digits, then a check digit. The check digit makes a mistyped id unknown, although the
/// sandbox stores no list of those it gave out.
struct MediaID: Sendable, Hashable, CustomStringConvertible {
    /// The 17 digits.
    let description: String

    /// What an id belongs to.
    enum Owner: String, Sendable, CaseIterable {
        /// A post.
        case post = "179"
        /// A picture or a video in an album.
        case child = "180"
    }

    /// The number of different ids an owner can have: 13 digits.
    static let range: UInt64 = 10_000_000_000_000

    /// Makes an id from a number; its remainder by ``range`` counts.
    init(owner: Owner, number: UInt64) {
        let digits = String(number % Self.range)
        let body = owner.rawValue + String(repeating: "0", count: 13 - digits.count) + digits
        description = body + Self.checkDigit(of: body)
    }

    /// Reads an id; nil unless it is well-formed and its check digit is right.
    init?(_ text: some StringProtocol) {
        guard text.utf8.count == 17, text.isDigits,
            Owner.allCases.contains(where: { text.hasPrefix($0.rawValue) }),
            Self.checkDigit(of: text.dropLast()) == text.suffix(1)
        else { return nil }
        description = String(text)
    }

    /// Luhn's check digit: it notices every wrong digit and almost every exchange of neighbours.
    private static func checkDigit(of digits: some StringProtocol) -> String {
        var sum = 0
        for (place, byte) in digits.utf8.reversed().enumerated() {
            let digit = Int(byte &- UInt8(ascii: "0"))
            let weighted = place.isMultiple(of: 2) ? digit * 2 : digit
            sum += weighted > 9 ? weighted - 9 : weighted
        }
        return String((10 - sum % 10) % 10)
    }
}

/// Someone who publishes posts, where an interface shows that.
struct Person: Sendable, Hashable {
    /// In addresses; letters, digits and `_`.
    let account: String
    /// As it is shown.
    let name: String

    /// Who published a post.
    init(of post: SandboxPost) {
        var dice = Dice(seed: post.id, position: 9)
        self = dice.pick(Self.all)
    }

    private init(_ account: String, _ name: String) {
        self.account = account
        self.name = name
    }

    static let all = [
        Person("ada_prints", "Ada"), Person("noor", "Noor draws ✏️"), Person("studio_kite", "Studio Kite"),
        Person("mika", ""), Person("quiet_lens", "The \"quiet\" <lens>"), Person("joao", "João Fotógrafo"),
    ]
}

/// Times as the services write them: in UTC, whole seconds, rounded down.
enum Timestamp {
    /// A time in seconds since 1970 as `2026-11-24T05:46:44Z`, as Flickr writes it.
    static func zulu(_ seconds: Double) -> String {
        CivilTime(secondsSinceEpoch: Int64(exactly: seconds.rounded(.down)) ?? 0).timestamp
    }

    /// A time in seconds since 1970 as `2026-11-24T05:46:44+0000`, as Instagram writes it.
    static func text(_ seconds: Double) -> String { "\(zulu(seconds).dropLast())+0000" }

    /// A time in seconds since 1970 as `2026-11-24T05:46:44.000Z`, as Mastodon writes it.
    static func milliseconds(_ seconds: Double) -> String { "\(zulu(seconds).dropLast()).000Z" }
}

extension StringProtocol {
    /// Whether the text is made of the digits 0 to 9, and at least one of them.
    var isDigits: Bool {
        !isEmpty && utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}
