import CSQLite
import Crawler
import FoundationEssentials

extension SQLiteStore: CrawlLedger {
    /// What is remembered of the crawls of a hashtag through a source. A record that cannot be read is none: then the
    /// hashtag is crawled at once.
    public func record(of hashtag: Hashtag, source: String) throws(SQLiteError) -> CrawlRecord? {
        let text = try connection.first(
            "SELECT record FROM crawls WHERE hashtag = ? AND source = ?", .text(hashtag.name), .text(source)
        ) { $0.text(0) ?? "" }
        return text.flatMap { try? JSONDecoder().decode(CrawlRecord.self, from: Data($0.utf8)) }
    }

    /// Remembers how the crawls of a hashtag through a source go.
    public func setRecord(_ record: CrawlRecord, of hashtag: Hashtag, source: String) throws(SQLiteError) {
        guard let json = try? JSONEncoder().encode(record) else {
            throw SQLiteError(code: SQLITE_MISUSE, message: "the record of a crawl cannot be written as JSON")
        }
        try connection.run(
            "INSERT INTO crawls VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET record = excluded.record",
            .text(hashtag.name), .text(source), .text(String(decoding: json, as: UTF8.self)))
    }

    /// The hashtags that were searched for on behalf of an account, with the times of their last searches.
    public func searches(source: String, account: String, since: Int64) throws(SQLiteError) -> [Hashtag: Int64] {
        let rows = try connection.rows(
            "SELECT hashtag, searched_at FROM searches WHERE source = ? AND account = ? AND searched_at >= ?",
            .text(source), .text(account), .integer(since)
        ) { row in (try? Hashtag(row.text(0) ?? ""), Epoch.bounded(row.integer(1) ?? 0)) }
        return Dictionary(rows.compactMap { row in row.0.map { ($0, row.1) } }, uniquingKeysWith: max)
    }

    /// Remembers that a hashtag was searched for on behalf of an account.
    public func addSearch(_ hashtag: Hashtag, source: String, account: String, at time: Int64) throws(SQLiteError) {
        try connection.run(
            "INSERT INTO searches VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET searched_at = excluded.searched_at",
            .text(source), .text(account), .text(hashtag.name), .integer(time))
    }

    /// Takes a lease, or prolongs it for the one who holds it. One that ends later than twice the duration from now is
    /// from before the clock was set back, and counts for nothing; once the duration would be too little for who asked
    /// for the time and then waited for the database.
    public func takeLease(
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
    public func dropLease(_ name: String, holder: String) throws(SQLiteError) {
        try connection.run("DELETE FROM leases WHERE name = ? AND holder = ?", .text(name), .text(holder))
    }
}
