import Posts

/// A post of the emulated Instagram.
package struct SandboxPost: Sendable, Hashable {
    /// The media of a post.
    package enum Content: Sendable, Hashable {
        /// One picture or video.
        case single(SandboxMedia)
        /// One picture whose address upstream withholds for copyright reasons.
        case withheld
        /// An album of 2 to 4 media; the first may be a video.
        case album([SandboxMedia])
    }

    /// 17 digits, unique among the posts of the hashtag.
    package let id: String

    /// The position in the hashtag's history. Consecutive posts have consecutive numbers.
    package let number: Int

    /// The time of publication, in seconds since 1970.
    package let published: Double

    /// The text of one or more lines, in one of many languages.
    package let caption: String

    /// The number of comments.
    package let commentsCount: Int

    /// The number of likes; `nil` if the author hides it.
    package let likeCount: Int?

    package let content: Content

    /// `https://www.instagram.com/p/` and a code of 11 characters. The page does not exist.
    package let permalink: String

    /// The time ``published`` in upstream's format, for example `2026-11-24T05:46:44+0000`.
    package var timestamp: String { Timestamp.text(published) }

    /// `IMAGE`, `VIDEO` or `CAROUSEL_ALBUM`.
    package var mediaType: String {
        switch content {
        case .single(let medium): medium.kind.rawValue
        case .withheld: SandboxMedia.Kind.image.rawValue
        case .album: "CAROUSEL_ALBUM"
        }
    }

    /// The medium of a post that is not an album; `nil` for albums and withheld addresses.
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
    /// The distinct hashtags of the caption in lower case, in the order of the caption.
    var hashtags: [String] {
        var names: [String] = []
        for word in caption.split(whereSeparator: \.isWhitespace) where word.hasPrefix("#") {
            guard let name = SandboxHashtag(name: word)?.name, !names.contains(name) else { continue }
            names.append(name)
        }
        return names
    }
}

/// A picture or video of a post, and its paths in the sandbox.
package struct SandboxMedia: Sendable, Hashable {
    /// The kind of a medium.
    package enum Kind: String, Sendable {
        /// A PNG picture.
        case image = "IMAGE"
        /// A video. The sandbox serves only the first box of an MP4 file.
        case video = "VIDEO"
    }

    /// 17 digits: the ID of the post, or of the album's child.
    package let id: String

    package let kind: Kind

    /// The time when its post was published, in seconds since 1970.
    private let published: Double

    /// The query without its last parameter, `oe`.
    private let query: String

    /// Creates a medium of a post that was published at `time`.
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

    /// The path without an expiry, for example `/media/17900000012345678.png`.
    package var plainPath: String { "/media/\(id).\(Self.type(of: kind))" }

    /// The path of another size in Flickr's naming: `m` is small, `b` is large.
    func path(ofSize size: Character) -> String { "/media/\(id)_\(size).\(Self.type(of: kind))" }

    /// Returns path and query in the form of Instagram's CDN, for example
    /// `/media/17900000012345678.png?stp=dst-png_s640&_nc_cat=104&_nc_sid=1f2e&oe=6924AB12`. Clients must escape the
    /// `&` in HTML.
    ///
    /// The address expires at the time in `oe`. It is valid for at least half of the lifetime, so a new address is
    /// available before the old one expires.
    ///
    /// - Parameters:
    ///   - time: the time of the response, in seconds since 1970.
    ///   - lifetime: the longest validity.
    package func path(at time: Double, lifetime: Duration) -> String {
        let half = max(0.5, lifetime / .seconds(2))
        let age = time.isFinite ? max(0, time - published) : 0
        let end = published + ((age / half).rounded(.down) + 2) * half
        let expiry = String(UInt64(min(max(0, end), 1e15)), radix: 16, uppercase: true)
        return "\(plainPath)?\(query)&oe=\(expiry)"
    }

    private static func type(of kind: Kind) -> String { kind == .image ? "png" : "mp4" }
}

/// The ID of a post or of a child of an album: 17 digits, like Instagram's.
///
/// It is `179` or `180`, then 13 digits, then a check digit. The check digit lets the sandbox reject mistyped IDs
/// without a list of the IDs it has given out.
struct MediaID: Sendable, Hashable, CustomStringConvertible {
    let description: String

    /// The kind of object that an ID belongs to.
    enum Owner: String, Sendable, CaseIterable {
        /// A post.
        case post = "179"
        /// A picture or video in an album.
        case child = "180"
    }

    /// The number of different IDs of each owner: 13 digits.
    static let range: UInt64 = 10_000_000_000_000

    /// Creates an ID from a number modulo ``range``.
    init(owner: Owner, number: UInt64) {
        let digits = String(number % Self.range)
        let body = owner.rawValue + String(repeating: "0", count: 13 - digits.count) + digits
        description = body + Self.checkDigit(of: body)
    }

    /// Parses an ID; `nil` if it is malformed or its check digit is wrong.
    init?(_ text: some StringProtocol) {
        guard text.utf8.count == 17, text.isDigits,
            Owner.allCases.contains(where: { text.hasPrefix($0.rawValue) }),
            Self.checkDigit(of: text.dropLast()) == text.suffix(1)
        else { return nil }
        description = String(text)
    }

    /// Luhn's check digit, which detects every wrong digit and almost every transposition of neighbours.
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

/// The author of a post, for the interfaces that show one.
struct Person: Sendable, Hashable {
    /// The account name in addresses: letters, digits and `_`.
    let account: String
    /// The displayed name.
    let name: String

    /// Returns the author of a post.
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

/// Times in the formats of the services: in UTC, in whole seconds, rounded down.
enum Timestamp {
    /// Formats seconds since 1970 like Flickr: `2026-11-24T05:46:44Z`.
    static func zulu(_ seconds: Double) -> String {
        CivilTime(secondsSinceEpoch: Int64(exactly: seconds.rounded(.down)) ?? 0).timestamp
    }

    /// Formats seconds since 1970 like Instagram: `2026-11-24T05:46:44+0000`.
    static func text(_ seconds: Double) -> String { "\(zulu(seconds).dropLast())+0000" }

    /// Formats seconds since 1970 like Mastodon: `2026-11-24T05:46:44.000Z`.
    static func milliseconds(_ seconds: Double) -> String { "\(zulu(seconds).dropLast()).000Z" }
}

extension StringProtocol {
    /// Whether the text is one or more of the digits 0 to 9.
    var isDigits: Bool {
        !isEmpty && utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}
