import Pictures
import Posts

/// One post in the grid.
struct PostCard: Sendable {
    /// The maximum length of a caption, in characters. The page of the post shows the rest.
    static let captionLength = 280

    let post: Post
    let picture: Picture
    /// Whether it is among the first cards, which are visible at once.
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

    /// The style sheet reserves the space; this is for clients without it.
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

/// The text alternative of a picture.
struct PictureDescription: Sendable {
    /// The maximum length of a caption in it, in characters: enough for a sentence, and short enough to listen to.
    static let captionLength = 120

    let text: String

    /// Uses the author's description of the picture, or else the beginning of the caption.
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

/// A relative time in words: `3 min ago`.
struct RelativeTime: Sendable, Equatable {
    /// Seconds since 1970-01-01T00:00:00Z.
    let moment: Int64
    /// Seconds since 1970-01-01T00:00:00Z.
    let now: Int64

    /// A few words; a date if the time is a week ago or more, or at least an hour ahead.
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

    /// The words, with the exact time for programs and as a tooltip.
    var html: HTML {
        let time = CivilTime(secondsSinceEpoch: moment)
        return #"<time datetime="\#(time.timestamp)" title="\#(date), \#(time.clockTime) UTC">\#(words)</time>"#
    }
}

extension String {
    /// The text on one line of at most `length` characters, cut at a space if one is near.
    func shortened(to length: Int) -> String {
        // Look only at the beginning of a long text. Four times the length leaves enough for runs of white space.
        let words = prefix(length * 4).split(whereSeparator: \.isWhitespace)
        let line = words.joined(separator: " ")
        guard line.count > length else { return line }
        let cut = line.prefix(length - 1)
        let space = cut.lastIndex(of: " ") ?? cut.endIndex
        let isNear = cut.distance(from: space, to: cut.endIndex) < 20
        return (isNear ? cut[..<space] : cut) + "…"
    }
}
