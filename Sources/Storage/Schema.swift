import CSQLite
import Glibc

/// The tables, and how a database of an earlier version becomes one of this version.
enum Schema {
    /// What brings a database from each version to the next; the first makes it. Never changed once released.
    static let migrations = [
        """
        CREATE TABLE posts (
            id INTEGER PRIMARY KEY,
            source TEXT NOT NULL,
            value TEXT NOT NULL,
            published_at INTEGER NOT NULL,
            permalink TEXT,
            author_name TEXT,
            author_url TEXT,
            caption TEXT NOT NULL,
            language TEXT,
            is_sensitive INTEGER NOT NULL,
            like_count INTEGER,
            comment_count INTEGER,
            UNIQUE (source, value)
        );
        CREATE TABLE media (
            post INTEGER NOT NULL REFERENCES posts ON DELETE CASCADE,
            position INTEGER NOT NULL,
            kind TEXT NOT NULL,
            url TEXT NOT NULL,
            fallback_url TEXT,
            width INTEGER,
            height INTEGER,
            alt TEXT,
            blurhash TEXT,
            PRIMARY KEY (post, position)
        ) WITHOUT ROWID;
        CREATE TABLE memberships (
            hashtag TEXT NOT NULL,
            post INTEGER NOT NULL REFERENCES posts ON DELETE CASCADE,
            PRIMARY KEY (hashtag, post)
        ) WITHOUT ROWID;
        CREATE INDEX memberships_of_post ON memberships (post);
        CREATE TABLE source_ids (
            hashtag TEXT NOT NULL,
            source TEXT NOT NULL,
            id TEXT NOT NULL,
            PRIMARY KEY (hashtag, source)
        ) WITHOUT ROWID;
        CREATE TABLE crawls (
            hashtag TEXT NOT NULL,
            source TEXT NOT NULL,
            record TEXT NOT NULL,
            PRIMARY KEY (hashtag, source)
        ) WITHOUT ROWID;
        CREATE TABLE searches (
            source TEXT NOT NULL,
            account TEXT NOT NULL,
            hashtag TEXT NOT NULL,
            searched_at INTEGER NOT NULL,
            PRIMARY KEY (source, account, hashtag)
        ) WITHOUT ROWID;
        CREATE TABLE leases (
            name TEXT PRIMARY KEY,
            holder TEXT NOT NULL,
            ends_at INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE revision (number INTEGER NOT NULL);
        INSERT INTO revision VALUES (0);
        """
    ]

    /// The version that this program writes.
    static var version: Int { migrations.count }

    /// Sets a connection up, and brings its database to this version.
    ///
    /// - Parameters:
    ///   - deadline: of all of it, however many locks of others it meets.
    ///   - migrations: all that there are.
    static func prepare(
        _ connection: SQLiteConnection, until deadline: ContinuousClock.Instant, by migrations: [String] = migrations
    ) throws(SQLiteError) {
        // SQLite waits anew for each lock, and not at all where two would change the mode of a new file: so it is asked
        // not to wait, and all is tried again.
        connection.wait(milliseconds: 0)
        while true {
            do {
                try setUp(connection, migrations)
                break
            } catch {
                guard error.code == SQLITE_BUSY, ContinuousClock.now < deadline else { throw error }
                usleep(10_000)
            }
        }
        connection.wait(milliseconds: SQLiteConnection.busyTimeout)
    }

    private static func setUp(_ connection: SQLiteConnection, _ migrations: [String]) throws(SQLiteError) {
        // What a newer version wrote is left as it is.
        let version = migrations.count
        let before = try Self.version(of: connection, atMost: version)
        // Readers and the one writer do not wait for each other, and a process that dies in the middle of writing
        // leaves a log from which the next one recovers.
        try connection.execute("PRAGMA journal_mode = WAL")
        // With a WAL, a crash of the process loses nothing that was committed, and one of the machine at most the
        // last moments, which the next crawl brings again; a sync for each commit would buy no more.
        try connection.execute("PRAGMA synchronous = NORMAL")
        // Media and memberships go with their posts.
        try connection.execute("PRAGMA foreign_keys = ON")
        // 2 MiB: the container has 64 MiB for all.
        try connection.execute("PRAGMA cache_size = -2048")
        // Sorting needs no directory for temporary files, which a read-only root may not have.
        try connection.execute("PRAGMA temp_store = MEMORY")
        // The log goes back to this size once it was larger.
        try connection.execute("PRAGMA journal_size_limit = 4194304")
        guard before != version else { return }
        try connection.transaction { () throws(SQLiteError) in
            // Another process may have been faster.
            for migration in migrations[try Self.version(of: connection, atMost: version)...] {
                try connection.execute(migration)
            }
            try connection.execute("PRAGMA user_version = \(version)")
        }
    }

    /// The version of a database, which is none that this program does not know.
    private static func version(of connection: SQLiteConnection, atMost version: Int) throws(SQLiteError) -> Int {
        let found = Int(try connection.first("PRAGMA user_version") { $0.integer(0) ?? 0 } ?? 0)
        guard (0...version).contains(found) else {
            throw SQLiteError(
                code: 0, message: "it was written by a newer version of this program (\(found), not \(version))")
        }
        return found
    }
}
