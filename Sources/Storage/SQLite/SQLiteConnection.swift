import CSQLite

/// One connection to a database, with the statements that were prepared on it.
///
/// Not thread-safe: it belongs to the ``SQLiteStore`` that opened it.
final class SQLiteConnection {
    /// How long a statement waits for another process's lock: longer than any of our own transactions takes, shorter
    /// than a person's patience.
    static let busyTimeout: Int32 = 5_000

    private let handle: OpaquePointer
    private(set) var prepared: [String: OpaquePointer] = [:]

    /// - Parameter path: of the file, which is made when it is missing, or `:memory:`.
    init(path: String, isReadOnly: Bool = false) throws(SQLiteError) {
        var opened: OpaquePointer?
        let flags = isReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
        // Each connection is used by one thread at a time, so SQLite need not lock it.
        let code = sqlite3_open_v2(path, &opened, flags | SQLITE_OPEN_NOMUTEX, nil)
        guard let opened else { throw SQLiteError(code: SQLITE_NOMEM, message: "there is no memory for a connection") }
        guard code == SQLITE_OK else {
            let error = SQLiteError(code: code & 0xFF, message: String(cString: sqlite3_errmsg(opened)))
            sqlite3_close_v2(opened)
            throw error
        }
        handle = opened
        wait(milliseconds: Self.busyTimeout)
    }

    deinit {
        for statement in prepared.values { sqlite3_finalize(statement) }
        sqlite3_close_v2(handle)
    }

    /// Sets how long a statement waits for another process's lock.
    func wait(milliseconds: Int32) { sqlite3_busy_timeout(handle, milliseconds) }

    /// How many rows the last statement changed.
    var changes: Int { Int(sqlite3_changes(handle)) }

    /// Runs one or more statements without values.
    func execute(_ sql: String) throws(SQLiteError) {
        guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw error }
    }

    /// Runs a statement whose rows do not matter.
    func run(_ sql: String, _ values: SQLiteValue...) throws(SQLiteError) {
        try each(sql, values) { _ in }
    }

    /// What a statement gives, a value for each row.
    func rows<Value>(
        _ sql: String, _ values: SQLiteValue..., read: (SQLiteRow) -> Value
    ) throws(SQLiteError) -> [Value] {
        var all: [Value] = []
        try each(sql, values) { all.append(read($0)) }
        return all
    }

    /// What a statement gives in its first row; nil without a row.
    func first<Value>(
        _ sql: String, _ values: SQLiteValue..., read: (SQLiteRow) -> Value
    ) throws(SQLiteError) -> Value? {
        var first: Value?
        try each(sql, values) { if first == nil { first = read($0) } }
        return first
    }

    /// Runs `body` as one transaction that may write: all of it happens, or nothing.
    func transaction<Result>(_ body: () throws(SQLiteError) -> Result) throws(SQLiteError) -> Result {
        // Immediate, so that it waits for another writer at the beginning; in the middle it could only give up.
        try execute("BEGIN IMMEDIATE")
        do {
            let result = try body()
            try execute("COMMIT")
            return result
        } catch {
            try? execute("ROLLBACK")
            throw error
        }
    }

    private func each(_ sql: String, _ values: [SQLiteValue], _ read: (SQLiteRow) -> Void) throws(SQLiteError) {
        let statement = try statement(sql)
        defer {
            sqlite3_reset(statement)
            sqlite3_clear_bindings(statement)
        }
        for (index, value) in values.enumerated() { try bind(value, at: Int32(index + 1), of: statement) }
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW: read(SQLiteRow(statement: statement))
            case SQLITE_DONE: return
            default: throw error
            }
        }
    }

    private func statement(_ sql: String) throws(SQLiteError) -> OpaquePointer {
        if let known = prepared[sql] { return known }
        var statement: OpaquePointer?
        let code = sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
        guard code == SQLITE_OK, let statement else { throw error }
        prepared[sql] = statement
        return statement
    }

    private func bind(_ value: SQLiteValue, at place: Int32, of statement: OpaquePointer) throws(SQLiteError) {
        let code =
            switch value {
            case .null: sqlite3_bind_null(statement, place)
            case .integer(let number): sqlite3_bind_int64(statement, place, number)
            case .text(let text):
                sqlite3_bind_text(statement, place, text, Int32(clamping: text.utf8.count), csqlite_transient())
            }
        guard code == SQLITE_OK else { throw error }
    }

    private var error: SQLiteError {
        SQLiteError(code: sqlite3_errcode(handle) & 0xFF, message: String(cString: sqlite3_errmsg(handle)))
    }
}
