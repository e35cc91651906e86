import CSQLite
import FoundationEssentials
import Posts

/// Keeps posts, and the memory of crawls, in an SQLite database, which several processes may share.
///
/// What ``upsert(_:of:)`` has returned for survives the end of the process, however it ends.
package actor SQLiteStore {
    /// How many posts are kept of each hashtag: the newest.
    package let retention: Int

    let connection: SQLiteConnection
    /// Which file it has open; nil for one in memory.
    nonisolated let file: DatabaseFile.Identity?
    private let executor: DatabaseExecutor

    /// Runs everything on the store's own thread.
    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Opens a database, makes it when it is missing, and brings it to this version. Takes 5 seconds at most while
    /// others hold it.
    ///
    /// - Parameters:
    ///   - path: of the file, or `:memory:`.
    ///   - retention: how many posts to keep of each hashtag; at least 1.
    /// - Throws: ``SQLiteError``.
    package init(path: String, retention: Int = 1_000) throws(SQLiteError) {
        try self.init(path: path, retention: retention, executor: DatabaseExecutor())
    }

    /// - Parameters:
    ///   - executor: where its work is done.
    ///   - patience: how long it takes at most while others hold the database.
    init(
        path: String, retention: Int = 1_000, executor: DatabaseExecutor, patience: Duration = .seconds(5)
    ) throws(SQLiteError) {
        self.retention = max(1, retention)
        self.executor = executor
        let deadline = ContinuousClock.now + patience
        guard path != ":memory:" else {
            file = nil
            connection = try SQLiteConnection(path: path)
            try Schema.prepare(connection, until: deadline)
            return
        }
        try DatabaseFile.prepare(path)
        let lock = try DatabaseLock(on: path, .opening, until: deadline)
        defer { lock.release() }
        connection = try SQLiteConnection(path: path)
        file = DatabaseFile.Identity(path)
        try Schema.prepare(connection, until: deadline)
    }

    /// Opens a database only to read what can be read of it.
    init(salvaging path: String, executor: DatabaseExecutor = DatabaseExecutor()) throws(SQLiteError) {
        retention = .max
        self.executor = executor
        file = nil
        connection = try SQLiteConnection(path: path, isReadOnly: true)
    }
}

extension SQLiteStore: PostStore {
    private static let columns = """
        posts.id, posts.source, posts.value, published_at, permalink, author_name, author_url, caption, language, \
        is_sensitive, like_count, comment_count
        """

    /// As ``Crawler/Post/newestFirst(_:_:)`` orders them.
    private static let newestFirst = """
        posts.published_at DESC, length(CAST(posts.value AS BLOB)) DESC, posts.value DESC, posts.source ASC
        """

    /// The posts kept for a hashtag, newest first.
    package func posts(of hashtag: Hashtag) throws(SQLiteError) -> [Post] {
        let media = try media(
            "SELECT post, kind, url, fallback_url, width, height, alt, blurhash FROM media JOIN memberships USING (post) "
                + "WHERE hashtag = ? ORDER BY post, position", .text(hashtag.name))
        return try connection.rows(
            "SELECT \(Self.columns) FROM posts JOIN memberships ON post = posts.id WHERE hashtag = ? "
                + "ORDER BY \(Self.newestFirst)", .text(hashtag.name)
        ) { row in Self.post(row, media) }.filter { !$0.media.isEmpty }
    }

    /// Inserts posts under a hashtag, or updates those that are there. Nothing is written when nothing differs.
    ///
    /// Posts that are older than the oldest kept one when the hashtag is full do not count: they are not kept.
    @discardableResult
    package func upsert(_ posts: [Post], of hashtag: Hashtag) throws(SQLiteError) -> Int {
        guard try !news(among: posts, of: hashtag).isEmpty else { return 0 }
        return try connection.transaction { () throws(SQLiteError) in
            var written: [Int64] = []
            // Asked again: another process may have written meanwhile.
            for post in try news(among: posts, of: hashtag) { written.append(try write(post, of: hashtag)) }
            try retire(hashtag)
            var kept = 0
            for id in written where try isMember(id, of: hashtag) { kept += 1 }
            if kept > 0 { try connection.run("UPDATE revision SET number = number + 1") }
            return kept
        }
    }

    /// The id that a source gave a hashtag, if it was stored before.
    package func sourceID(of hashtag: Hashtag, source: String) throws(SQLiteError) -> String? {
        try connection.first(
            "SELECT id FROM source_ids WHERE hashtag = ? AND source = ?", .text(hashtag.name), .text(source)
        ) { $0.text(0) } ?? nil
    }

    /// Stores the id that a source gave a hashtag.
    package func setSourceID(_ id: String, of hashtag: Hashtag, source: String) throws(SQLiteError) {
        try connection.run(
            "INSERT INTO source_ids VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET id = excluded.id",
            .text(hashtag.name), .text(source), .text(id))
    }

    /// A number that is another one after every change of the posts, also by another process.
    package func revision() throws(SQLiteError) -> Int64 {
        try connection.first("SELECT number FROM revision") { $0.integer(0) ?? 0 } ?? 0
    }

    /// Every post that can be read, one by one, under its hashtags: a damaged page costs the posts on it only.
    ///
    /// - Parameter count: how many ids are tried, those below the last: by default some seconds' worth.
    func salvage(trying count: Int64 = 1_000_000) -> [Hashtag: [Post]] {
        let last = lastID
        var found: [Hashtag: [Post]] = [:]
        for number in max(0, last - count)..<last {
            let id = SQLiteValue.integer(number + 1)
            guard
                let media = try? media(
                    "SELECT post, kind, url, fallback_url, width, height, alt, blurhash FROM media WHERE post = ? ORDER BY position",
                    id),
                let post = try? connection.first(
                    "SELECT \(Self.columns) FROM posts WHERE id = ?", id, read: { Self.post($0, media) }),
                let names = try? connection.rows(
                    "SELECT hashtag FROM memberships WHERE post = ?", id, read: { $0.text(0) ?? "" }),
                !post.media.isEmpty
            else { continue }
            for hashtag in names.compactMap({ try? Hashtag($0) }) { found[hashtag, default: []].append(post) }
        }
        return found
    }

    /// The highest id of a post, by what most of those tables say that can be read: any of them may be damaged.
    private var lastID: Int64 {
        let ids = ["SELECT max(id) FROM posts", "SELECT max(post) FROM media", "SELECT max(post) FROM memberships"]
            .compactMap { try? connection.first($0) { max(0, $0.integer(0) ?? 0) } }
            .sorted()
        return ids.isEmpty ? 0 : ids[(ids.count - 1) / 2]
    }

    // MARK: Posts

    /// Those that are not stored as they are; of several with one id the last.
    private func news(among posts: [Post], of hashtag: Hashtag) throws(SQLiteError) -> [Post] {
        var news: [Post] = []
        let unique = Dictionary(posts.map { ($0.id, $0) }) { $1 }
        for post in unique.values where try isNews(post, of: hashtag) { news.append(post) }
        return news
    }

    private func isNews(_ post: Post, of hashtag: Hashtag) throws(SQLiteError) -> Bool {
        let known = try connection.first(
            "SELECT id FROM posts WHERE source = ? AND value = ?", .text(post.id.source), .text(post.id.value)
        ) { $0.integer(0) ?? 0 }
        guard let known, try isMember(known, of: hashtag) else { return try hasPlace(post, under: hashtag) }
        let media = try media(
            "SELECT post, kind, url, fallback_url, width, height, alt, blurhash FROM media WHERE post = ? ORDER BY position",
            .integer(known))
        let stored = try connection.first("SELECT \(Self.columns) FROM posts WHERE id = ?", .integer(known)) { row in
            Self.post(row, media)
        }
        return stored != post
    }

    /// Whether a post would be kept: the hashtag has room, or the post is newer than the oldest.
    private func hasPlace(_ post: Post, under hashtag: Hashtag) throws(SQLiteError) -> Bool {
        let last = try connection.first(
            "SELECT \(Self.columns) FROM posts JOIN memberships ON post = posts.id WHERE hashtag = ? "
                + "ORDER BY \(Self.newestFirst) LIMIT 1 OFFSET ?", .text(hashtag.name), .integer(Int64(retention - 1))
        ) { row in Self.post(row, [:]) }
        return last.map { Post.newestFirst(post, $0) } ?? true
    }

    private func isMember(_ id: Int64, of hashtag: Hashtag) throws(SQLiteError) -> Bool {
        try connection.first(
            "SELECT 1 FROM memberships WHERE hashtag = ? AND post = ?", .text(hashtag.name), .integer(id)
        ) { _ in true } ?? false
    }

    private func write(_ post: Post, of hashtag: Hashtag) throws(SQLiteError) -> Int64 {
        let id =
            try connection.first(
                """
                INSERT INTO posts (source, value, published_at, permalink, author_name, author_url, caption, language,
                    is_sensitive, like_count, comment_count) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (source, value) DO UPDATE SET published_at = excluded.published_at,
                    permalink = excluded.permalink, author_name = excluded.author_name, author_url = excluded.author_url,
                    caption = excluded.caption, language = excluded.language, is_sensitive = excluded.is_sensitive,
                    like_count = excluded.like_count, comment_count = excluded.comment_count
                RETURNING id
                """,
                .text(post.id.source), .text(post.id.value), .integer(post.publishedAt), SQLiteValue(post.permalink),
                SQLiteValue(post.author?.name), SQLiteValue(post.author?.url), .text(post.caption),
                SQLiteValue(post.language), SQLiteValue(post.isSensitive), SQLiteValue(post.likeCount),
                SQLiteValue(post.commentCount)
            ) { $0.integer(0) ?? 0 } ?? 0
        try connection.run("DELETE FROM media WHERE post = ?", .integer(id))
        for (position, medium) in post.media.enumerated() {
            try connection.run(
                "INSERT INTO media VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", .integer(id), .integer(Int64(position)),
                .text(medium.kind.rawValue), .text(medium.url), SQLiteValue(medium.fallbackURL),
                SQLiteValue(medium.width), SQLiteValue(medium.height),
                SQLiteValue(medium.alt), SQLiteValue(medium.blurhash))
        }
        try connection.run(
            "INSERT OR IGNORE INTO memberships VALUES (?, ?)", .text(hashtag.name), .integer(id))
        return id
    }

    /// Lets the oldest posts of a hashtag go, and those that belong to no hashtag any more.
    private func retire(_ hashtag: Hashtag) throws(SQLiteError) {
        let old = try connection.rows(
            "SELECT posts.id FROM posts JOIN memberships ON post = posts.id WHERE hashtag = ? "
                + "ORDER BY \(Self.newestFirst) LIMIT -1 OFFSET ?", .text(hashtag.name), .integer(Int64(retention))
        ) { $0.integer(0) ?? 0 }
        for id in old {
            try connection.run(
                "DELETE FROM memberships WHERE hashtag = ? AND post = ?", .text(hashtag.name), .integer(id))
            try connection.run(
                "DELETE FROM posts WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM memberships WHERE post = ?1)",
                .integer(id))
        }
    }

    private func media(_ sql: String, _ value: SQLiteValue) throws(SQLiteError) -> [Int64: [Media]] {
        let rows = try connection.rows(sql, value) { row in
            (
                row.integer(0) ?? 0,
                row.text(1).flatMap(Media.Kind.init).map { kind in
                    Media(
                        kind: kind, url: row.text(2) ?? "", fallbackURL: row.text(3),
                        width: row.integer(4).map(Int.init),
                        height: row.integer(5).map(Int.init), alt: row.text(6), blurhash: row.text(7))
                }
            )
        }
        return Dictionary(grouping: rows, by: \.0).mapValues { $0.compactMap(\.1) }
    }

    private static func post(_ row: SQLiteRow, _ media: [Int64: [Media]]) -> Post {
        Post(
            id: Post.ID(source: row.text(1) ?? "", value: row.text(2) ?? ""), publishedAt: row.integer(3) ?? 0,
            permalink: row.text(4), author: row.text(5).map { Author(name: $0, url: row.text(6)) },
            caption: row.text(7) ?? "", media: media[row.integer(0) ?? 0] ?? [], language: row.text(8),
            isSensitive: row.integer(9) == 1, likeCount: row.integer(10).map(Int.init),
            commentCount: row.integer(11).map(Int.init))
    }
}

extension SQLiteStore: CrawlLedger {
    /// What is remembered of the crawls of a hashtag through a source. A record that cannot be read is none: then the
    /// hashtag is crawled at once.
    package func record(of hashtag: Hashtag, source: String) throws(SQLiteError) -> CrawlRecord? {
        let text = try connection.first(
            "SELECT record FROM crawls WHERE hashtag = ? AND source = ?", .text(hashtag.name), .text(source)
        ) { $0.text(0) ?? "" }
        return text.flatMap { try? JSONDecoder().decode(CrawlRecord.self, from: Data($0.utf8)) }
    }

    /// Remembers how the crawls of a hashtag through a source go.
    package func setRecord(_ record: CrawlRecord, of hashtag: Hashtag, source: String) throws(SQLiteError) {
        guard let json = try? JSONEncoder().encode(record) else {
            throw SQLiteError(code: SQLITE_MISUSE, message: "the record of a crawl cannot be written as JSON")
        }
        try connection.run(
            "INSERT INTO crawls VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET record = excluded.record",
            .text(hashtag.name), .text(source), .text(String(decoding: json, as: UTF8.self)))
    }

    /// The hashtags that were searched for on behalf of an account, with the times of their last searches.
    package func searches(source: String, account: String, since: Int64) throws(SQLiteError) -> [Hashtag: Int64] {
        let rows = try connection.rows(
            "SELECT hashtag, searched_at FROM searches WHERE source = ? AND account = ? AND searched_at >= ?",
            .text(source), .text(account), .integer(since)
        ) { row in (try? Hashtag(row.text(0) ?? ""), Epoch.bounded(row.integer(1) ?? 0)) }
        return Dictionary(rows.compactMap { row in row.0.map { ($0, row.1) } }, uniquingKeysWith: max)
    }

    /// Remembers that a hashtag was searched for on behalf of an account.
    package func addSearch(_ hashtag: Hashtag, source: String, account: String, at time: Int64) throws(SQLiteError) {
        try connection.run(
            "INSERT INTO searches VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET searched_at = excluded.searched_at",
            .text(source), .text(account), .text(hashtag.name), .integer(time))
    }

    /// Takes a lease, or prolongs it for the one who holds it. One that ends later than twice the duration from now is
    /// from before the clock was set back, and counts for nothing; once the duration would be too little for who asked
    /// for the time and then waited for the database.
    package func takeLease(
        _ name: String, holder: String, for duration: Duration, now: Int64
    ) throws(SQLiteError) -> Bool {
        let seconds = duration.components.seconds
        try connection.run(
            """
            INSERT INTO leases VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET holder = excluded.holder,
                ends_at = excluded.ends_at WHERE holder = excluded.holder OR ends_at <= ? OR ends_at > ?
            """, .text(name), .text(holder), .integer(now + seconds), .integer(now), .integer(now + 2 * seconds))
        return connection.changes > 0
    }

    /// Gives a lease back.
    package func dropLease(_ name: String, holder: String) throws(SQLiteError) {
        try connection.run("DELETE FROM leases WHERE name = ? AND holder = ?", .text(name), .text(holder))
    }
}
