import CSQLite
import FoundationEssentials
import Posts

/// Stores posts and the ledger of crawls in an SQLite database that several processes may share.
///
/// Posts are durable once ``upsert(_:of:)`` has returned, even if the process is killed.
package actor SQLiteStore {
    /// How many posts of each hashtag are kept; older ones are deleted.
    package let retention: Int

    let connection: SQLiteConnection
    /// Identifies the open file; `nil` for a database in memory.
    nonisolated let file: DatabaseFile.Identity?
    private let executor: DatabaseExecutor

    /// Runs everything on the store's own thread.
    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Opens a database, creates it if it does not exist, and migrates it. Waits at most 5 seconds for other processes.
    ///
    /// - Parameters:
    ///   - path: a file, or `:memory:`.
    ///   - retention: how many posts of each hashtag to keep; at least 1.
    /// - Throws: ``SQLiteError``.
    package init(path: String, retention: Int = 1_000) throws(SQLiteError) {
        try self.init(path: path, retention: retention, executor: DatabaseExecutor())
    }

    /// - Parameters:
    ///   - executor: the thread for all access to the database.
    ///   - patience: the longest wait for other processes.
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

    /// Opens a damaged database read-only, for ``salvage(trying:)``.
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

    /// The posts of a hashtag, in the order of ``Post/newestFirst(_:_:)``.
    private static let ofHashtag = """
        FROM posts JOIN memberships ON post = posts.id WHERE hashtag = ? ORDER BY posts.published_at DESC, \
        length(CAST(posts.value AS BLOB)) DESC, posts.value DESC, posts.source ASC
        """

    /// The posts kept for a hashtag, newest first.
    package func posts(of hashtag: Hashtag) throws(SQLiteError) -> [Post] {
        let media = try media("JOIN memberships USING (post) WHERE hashtag = ?", .text(hashtag.name))
        return try connection.rows("SELECT \(Self.columns) \(Self.ofHashtag)", .text(hashtag.name)) { row in
            Self.post(row, media)
        }.filter { !$0.media.isEmpty }
    }

    /// Inserts posts under a hashtag, or updates them. Writes nothing if nothing differs.
    ///
    /// If the hashtag is full, posts older than its oldest one are neither kept nor counted.
    @discardableResult
    package func upsert(_ posts: [Post], of hashtag: Hashtag) throws(SQLiteError) -> Int {
        guard try !news(among: posts, of: hashtag).isEmpty else { return 0 }
        return try connection.transaction { () throws(SQLiteError) in
            var written: [Int64] = []
            // Checked again: another process may have written in between.
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

    /// A counter that changes with every write to the posts, by any process.
    package func revision() throws(SQLiteError) -> Int64 {
        try connection.first("SELECT number FROM revision") { $0.integer(0) ?? 0 } ?? 0
    }

    /// Reads every post by itself, with its hashtags, so that a damaged page loses only the posts on it.
    ///
    /// - Parameter count: how many ids to try, counted from the last; the default takes some seconds.
    func salvage(trying count: Int64 = 1_000_000) -> [Hashtag: [Post]] {
        let last = lastID
        var found: [Hashtag: [Post]] = [:]
        for number in max(0, last - count)..<last {
            let id = SQLiteValue.integer(number + 1)
            guard let post = try? post(id),
                let names = try? connection.rows(
                    "SELECT hashtag FROM memberships WHERE post = ?", id, read: { $0.text(0) ?? "" }),
                !post.media.isEmpty
            else { continue }
            for hashtag in names.compactMap({ try? Hashtag($0) }) { found[hashtag, default: []].append(post) }
        }
        return found
    }

    /// The highest id of a post: the median of the tables that can be read, since each may be damaged.
    private var lastID: Int64 {
        let ids = ["SELECT max(id) FROM posts", "SELECT max(post) FROM media", "SELECT max(post) FROM memberships"]
            .compactMap { try? connection.first($0) { max(0, $0.integer(0) ?? 0) } }
            .sorted()
        return ids.isEmpty ? 0 : ids[(ids.count - 1) / 2]
    }

    // MARK: Posts

    /// The posts that must be written; of several with the same id, the last.
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
        return post.isNews(comparedTo: try self.post(.integer(known)))
    }

    /// Whether a post would be kept: the hashtag is not full, or the post is newer than its oldest one.
    private func hasPlace(_ post: Post, under hashtag: Hashtag) throws(SQLiteError) -> Bool {
        let last = try connection.first(
            "SELECT \(Self.columns) \(Self.ofHashtag) LIMIT 1 OFFSET ?", .text(hashtag.name),
            .integer(Int64(retention - 1))
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

    /// Deletes the oldest posts of a full hashtag from it, and from the database if they have no other hashtag.
    private func retire(_ hashtag: Hashtag) throws(SQLiteError) {
        let old = try connection.rows(
            "SELECT posts.id \(Self.ofHashtag) LIMIT -1 OFFSET ?", .text(hashtag.name), .integer(Int64(retention))
        ) { $0.integer(0) ?? 0 }
        for id in old {
            try connection.run(
                "DELETE FROM memberships WHERE hashtag = ? AND post = ?", .text(hashtag.name), .integer(id))
            try connection.run(
                "DELETE FROM posts WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM memberships WHERE post = ?1)",
                .integer(id))
        }
    }

    /// The post in a row of `posts`.
    private func post(_ id: SQLiteValue) throws(SQLiteError) -> Post? {
        let media = try media("WHERE post = ?", id)
        return try connection.first("SELECT \(Self.columns) FROM posts WHERE id = ?", id) { Self.post($0, media) }
    }

    /// The media that a condition selects, in order, by their posts.
    private func media(_ condition: String, _ value: SQLiteValue) throws(SQLiteError) -> [Int64: [Media]] {
        let rows = try connection.rows(
            "SELECT post, kind, url, fallback_url, width, height, alt, blurhash FROM media \(condition) "
                + "ORDER BY post, position", value
        ) { row in
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
    /// The record of the crawls of a hashtag through a source. An unreadable record counts as missing: the hashtag is
    /// crawled at once.
    package func record(of hashtag: Hashtag, source: String) throws(SQLiteError) -> CrawlRecord? {
        let text = try connection.first(
            "SELECT record FROM crawls WHERE hashtag = ? AND source = ?", .text(hashtag.name), .text(source)
        ) { $0.text(0) ?? "" }
        return text.flatMap { try? JSONDecoder().decode(CrawlRecord.self, from: Data($0.utf8)) }
    }

    /// Stores the record of the crawls of a hashtag through a source.
    package func setRecord(_ record: CrawlRecord, of hashtag: Hashtag, source: String) throws(SQLiteError) {
        guard let json = try? JSONEncoder().encode(record) else {
            throw SQLiteError(code: SQLITE_MISUSE, message: "the record of a crawl cannot be written as JSON")
        }
        try connection.run(
            "INSERT INTO crawls VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET record = excluded.record",
            .text(hashtag.name), .text(source), .text(String(decoding: json, as: UTF8.self)))
    }

    /// The hashtags that were searched for on behalf of an account, with the times of the last searches.
    package func searches(source: String, account: String, since: Int64) throws(SQLiteError) -> [Hashtag: Int64] {
        let rows = try connection.rows(
            "SELECT hashtag, searched_at FROM searches WHERE source = ? AND account = ? AND searched_at >= ?",
            .text(source), .text(account), .integer(since)
        ) { row in (try? Hashtag(row.text(0) ?? ""), Epoch.bounded(row.integer(1) ?? 0)) }
        return Dictionary(rows.compactMap { row in row.0.map { ($0, row.1) } }, uniquingKeysWith: max)
    }

    /// Stores that a hashtag was searched for on behalf of an account.
    package func addSearch(_ hashtag: Hashtag, source: String, account: String, at time: Int64) throws(SQLiteError) {
        try connection.run(
            "INSERT INTO searches VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET searched_at = excluded.searched_at",
            .text(source), .text(account), .text(hashtag.name), .integer(time))
    }

    /// Takes a lease, or prolongs it for its holder. A lease that ends more than twice the duration from now dates from
    /// before the clock was set back, and is ignored. Twice, because a caller may read the clock and then wait for the
    /// database.
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

    /// Releases a lease.
    package func dropLease(_ name: String, holder: String) throws(SQLiteError) {
        try connection.run("DELETE FROM leases WHERE name = ? AND holder = ?", .text(name), .text(holder))
    }
}
