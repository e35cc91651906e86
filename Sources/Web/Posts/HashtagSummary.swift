import Crawler

/// One hashtag in the list of hashtags.
struct HashtagSummary: Sendable {
    let hashtag: Hashtag
    let posts: Int
    /// How many of them have a picture.
    let pictures: Int
    /// When the newest was published, in seconds since 1970-01-01T00:00:00Z.
    let newest: Int64?
    let lastCrawl: Int64?
    let state: HealthReport.State

    init(_ hashtag: Hashtag, in snapshot: Snapshot, _ health: HealthReport) {
        self.hashtag = hashtag
        let all = snapshot.gallery[hashtag]
        posts = all.count
        pictures = snapshot.list(of: hashtag)?.pictures.count ?? 0
        newest = all.first?.publishedAt
        lastCrawl = health.sources.filter { $0.hashtag == hashtag }.compactMap(\.lastCrawl).max()
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
    /// The address of its page.
    var path: String { "/tags/\(PercentEncoding.encode(name))" }
}
