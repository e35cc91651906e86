import Pictures
import Posts

/// One post in the grid.
struct PostCard: Sendable {
    /// More of a caption than this is left to the page of the post.
    static let captionLength = 280

    let post: Post
    let picture: Picture
    /// Whether it is among the first ones, which readers see at once.
    let isEarly: Bool
    let now: Int64

    var html: HTML {
        #"""
        <li class="card\#(veil)" data-post="\#(PageCursor(after: post).text)">
        <article>
        <a class="picture" href="\#(WebLink(post.permalink)?.address ?? picture.path)"\#(relation)>\#(Placeholder(media: picture.media).html)\#(image)\#(badge)</a>
        \#(caption)<p class="meta">\#(author)\#(RelativeTime(moment: post.publishedAt, now: now).html)<span>\#(post.id.source)</span>\#(likes)</p>
        </article>
        </li>

        """#
    }

    private var relation: HTML? {
        WebLink(post.permalink).map { _ in #" rel="noopener noreferrer external""# }
    }

    private var veil: HTML? { post.isSensitive ? " veiled" : nil }

    private var image: HTML {
        let priority: HTML = isEarly ? "" : #" loading="lazy""#
        return
            #"<img src="\#(picture.path)" alt="\#(PictureDescription(picture).text)"\#(size)\#(priority) decoding="async">"#
    }

    /// The grid reserves the space by itself; this is for readers without the style sheet.
    private var size: HTML? {
        guard let width = picture.media.width, let height = picture.media.height, width > 0, height > 0 else {
            return nil
        }
        return #" width="\#(width)" height="\#(height)""#
    }

    private var badge: HTML? {
        if post.isSensitive { return #"<span class="badge sensitive">Sensitive</span>"# }
        guard post.media.count > 1 else { return nil }
        return
            #"<span class="badge many"><span class="unseen">One of </span>\#(post.media.count)<span class="unseen"> pictures and videos</span></span>"#
    }

    private var caption: HTML? {
        let text = post.caption.shortened(to: Self.captionLength)
        return text.isEmpty ? nil : "<p class=\"caption\" dir=\"auto\"\(language)>\(text)</p>\n"
    }

    private var language: HTML? { post.language.map { #" lang="\#($0)""# } }

    private var author: HTML? {
        post.author.map { author in
            let name: HTML = "<bdi>\(author.name.shortened(to: 60))</bdi>"
            guard let page = WebLink(author.url) else { return "<span>\(name)</span>" }
            return #"<span><a href="\#(page.address)" rel="noopener noreferrer external author">\#(name)</a></span>"#
        }
    }

    private var likes: HTML? {
        post.likeCount.map { count in
            #"<span class="likes"><span aria-hidden="true">♥</span> \#(count)<span class="unseen"> likes</span></span>"#
        }
    }
}

/// The words that stand for a picture where it is not seen.
struct PictureDescription: Sendable {
    /// Long enough for a sentence, short enough to listen to.
    static let captionLength = 120

    let text: String

    /// What the author wrote about the picture, or else the beginning of the caption.
    init(_ picture: Picture) {
        let alt = picture.media.alt?.shortened(to: 1500) ?? ""
        let caption = picture.post.caption.shortened(to: Self.captionLength)
        if !alt.isEmpty {
            text = alt
        } else if !caption.isEmpty {
            text = "Picture posted with: \(caption)"
        } else {
            text = "Picture without a description"
        }
    }
}

/// A moment as people say it: `3 min ago`.
struct RelativeTime: Sendable, Equatable {
    /// Seconds since 1970-01-01T00:00:00Z.
    let moment: Int64
    /// What it is told from.
    let now: Int64

    /// A few words; a date when it is more than a week away.
    var words: String {
        let seconds = now - moment
        switch seconds {
        // Clocks differ a little between machines.
        case ..<60 where seconds > -3600: return "just now"
        case 60..<3600: return "\(seconds / 60) min ago"
        case 3600..<86_400: return "\(seconds / 3600) h ago"
        case 86_400..<172_800: return "yesterday"
        case 172_800..<604_800: return "\(seconds / 86_400) days ago"
        default: return date
        }
    }

    /// `24 Nov 2025`.
    private var date: String {
        let time = CivilTime(secondsSinceEpoch: moment)
        return "\(time.day) \(time.monthName) \(time.year)"
    }

    /// With the exact time for programs, and for people who point at it.
    var html: HTML {
        let time = CivilTime(secondsSinceEpoch: moment)
        return #"<time datetime="\#(time.timestamp)" title="\#(date), \#(time.clockTime) UTC">\#(words)</time>"#
    }
}

extension String {
    /// The text in one line of at most so many characters, cut between words where that is near.
    func shortened(to length: Int) -> String {
        // A character has a few bytes at most as a rule: no need to look at more of a long text.
        let words = prefix(length * 4).split(whereSeparator: \.isWhitespace)
        let line = words.joined(separator: " ")
        guard line.count > length else { return line }
        let cut = line.prefix(length - 1)
        let space = cut.lastIndex(of: " ") ?? cut.endIndex
        let isNear = cut.distance(from: space, to: cut.endIndex) < 20
        return (isNear ? cut[..<space] : cut) + "…"
    }
}
