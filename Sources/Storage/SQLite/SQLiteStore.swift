import Crawler

/// Keeps posts, and the memory of crawls, in an SQLite database, which several processes may share.
///
/// What ``upsert(_:of:)`` has returned for survives the end of the process, however it ends.
public actor SQLiteStore {
    /// How many posts are kept of each hashtag: the newest.
    public let retention: Int

    let connection: SQLiteConnection
    /// Which file it has open; nil for one in memory.
    nonisolated let file: DatabaseFile.Identity?
    private let executor: DatabaseExecutor

    /// Runs everything on the store's own thread.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Opens a database, makes it when it is missing, and brings it to this version. Takes 5 seconds at most while
    /// others hold it.
    ///
    /// - Parameters:
    ///   - path: of the file, or `:memory:`.
    ///   - retention: how many posts to keep of each hashtag; at least 1.
    /// - Throws: ``SQLiteError``.
    public init(path: String, retention: Int = 1_000) throws(SQLiteError) {
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
