import Pictures
import Posts

extension Post {
    /// The post as the JSON interface shows it.
    var json: JSON {
        .object([
            "id": .string(id.description),
            "source": .string(id.source),
            "published": .timestamp(publishedAt),
            "url": WebLink(permalink).map { .string($0.address) },
            "author": author.map(\.json),
            "caption": .string(caption),
            "language": language.map(JSON.string),
            "sensitive": .bool(isSensitive),
            "likes": likeCount.map { .integer(Int64($0)) },
            "comments": commentCount.map { .integer(Int64($0)) },
            "media": .array(media.indices.compactMap { Picture(of: self, at: $0)?.json }),
        ])
    }
}

extension Author {
    /// The author as the JSON interface and JSON Feed show it.
    var json: JSON {
        .object(["name": .string(name), "url": WebLink(url).map { .string($0.address) }])
    }
}

extension Picture {
    /// `url` is the address at the source, which may expire; `image` is the permanent address at this service.
    fileprivate var json: JSON {
        .object([
            "type": .string(media.kind.rawValue),
            "url": .string(media.url),
            "image": media.kind == .image ? .string(path) : nil,
            "width": media.width.map { .integer(Int64($0)) },
            "height": media.height.map { .integer(Int64($0)) },
            "alt": media.alt.map(JSON.string),
            "blurhash": media.blurhash.map(JSON.string),
        ])
    }
}

/// A post as one line of JSON, for programs that read lines: `tag`, then the members of the JSON interface.
package enum PostLine {
    /// - Parameters:
    ///   - hashtag: the hashtag under which the post was found.
    ///   - files: the names of the files with its pictures; `nil` to omit the member.
    /// - Returns: the line with its newline. It is safe to show on a terminal: it contains no other control characters.
    package static func json(of post: Post, hashtag: Hashtag, files: [String]? = nil) -> String {
        var members = [JSON.Member(key: "tag", value: .string(hashtag.name))]
        if case .object(let own) = post.json { members += own }
        if let files { members.append(JSON.Member(key: "files", value: .array(files.map(JSON.string)))) }
        var line = String.UnicodeScalarView()
        for scalar in String(decoding: JSON.object(members).encoded, as: UTF8.self).unicodeScalars {
            // DEL and the control characters of ISO 8859: JSON allows them, and terminals obey some of them.
            if (0x7F...0x9F).contains(scalar.value) {
                line.append(contentsOf: "\\u00\(String(scalar.value, radix: 16))".unicodeScalars)
            } else {
                line.append(scalar)
            }
        }
        return String(line)
    }
}

/// One hashtag in the list of hashtags.
struct HashtagSummary: Sendable {
    let hashtag: Hashtag
    let posts: Int
    /// The number of posts with a picture.
    let pictures: Int
    /// When the newest post was published, in seconds since 1970-01-01T00:00:00Z.
    let newest: Int64?
    let lastCrawl: Int64?
    let state: HealthReport.State

    init(_ hashtag: Hashtag, in snapshot: Snapshot, _ health: HealthReport) {
        self.hashtag = hashtag
        let all = snapshot.gallery[hashtag]
        posts = all.count
        pictures = snapshot.list(of: hashtag)?.pictures.count ?? 0
        newest = all.first?.publishedAt
        lastCrawl = health.sources.filter { $0.hashtag == hashtag }.compactMap(\.lastAttempt).max()
        state = health.state(of: hashtag)
    }

    var json: JSON {
        .object([
            "name": .string(hashtag.name),
            "url": .string(hashtag.path),
            "posts": .integer(Int64(posts)),
            "pictures": .integer(Int64(pictures)),
            "newest": newest.map(JSON.timestamp),
            "last_crawl": lastCrawl.map(JSON.timestamp),
            "state": .string(state.rawValue),
        ])
    }
}

extension Hashtag {
    /// The path of its page.
    var path: String { "/tags/\(name.percentEncoded)" }
}
