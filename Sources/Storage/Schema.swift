import CSQLite
import Glibc

/// The tables, and the migrations that bring a database of an earlier version to the current one.
enum Schema {
    /// The migration to each version, from the files in `Migrations`. A released migration never changes: add a new one.
    static let migrations = [PackageResources.v001_sql].map { String(decoding: $0, as: UTF8.self) }

    /// The current version, stored as `PRAGMA user_version`.
    static var version: Int { migrations.count }

    /// Sets up a connection and migrates its database to the current version.
    ///
    /// - Parameters:
    ///   - deadline: the end of the time to wait for the locks of other processes.
    ///   - migrations: replaced by tests.
    static func prepare(
        _ connection: SQLiteConnection, until deadline: ContinuousClock.Instant, by migrations: [String] = migrations
    ) throws(SQLiteError) {
        // SQLite's busy timeout starts again for each lock, and does not apply when two connections change the journal
        // mode of a new file. So turn it off and repeat the whole setup.
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
        // Check the version first: a database of a newer version must stay unchanged.
        let version = migrations.count
        let before = try Self.version(of: connection, atMost: version)
        // Readers and the writer do not wait for each other, and the next process recovers from the log of a process
        // that died while it was writing.
        try connection.execute("PRAGMA journal_mode = WAL")
        // With a WAL, a crash of the process loses no committed transaction. A crash of the machine loses at most the
        // last moments, which the next crawl restores, so a sync for each commit is not worth its cost.
        try connection.execute("PRAGMA synchronous = NORMAL")
        // Media and memberships are deleted with their posts.
        try connection.execute("PRAGMA foreign_keys = ON")
        // 2 MiB: the container has 64 MiB for everything.
        try connection.execute("PRAGMA cache_size = -2048")
        // A read-only root may have no directory for temporary files.
        try connection.execute("PRAGMA temp_store = MEMORY")
        // 4 MiB: a log that was once larger shrinks to this size.
        try connection.execute("PRAGMA journal_size_limit = 4194304")
        guard before != version else { return }
        try connection.transaction { () throws(SQLiteError) in
            // Read the version again: another process may have migrated the database.
            for migration in migrations[try Self.version(of: connection, atMost: version)...] {
                try connection.execute(migration)
            }
            try connection.execute("PRAGMA user_version = \(version)")
        }
    }

    /// Reads the version of a database. Throws if it is newer than `version`.
    private static func version(of connection: SQLiteConnection, atMost version: Int) throws(SQLiteError) -> Int {
        let found = Int(try connection.first("PRAGMA user_version") { $0.integer(0) ?? 0 } ?? 0)
        guard (0...version).contains(found) else {
            throw SQLiteError(
                code: 0, message: "it was written by a newer version of this program (\(found), not \(version))")
        }
        return found
    }
}
