import CSQLite
import Dispatch

/// A connection to a database, with its prepared statements.
///
/// Not thread-safe: it belongs to the ``SQLiteStore`` that opened it.
final class SQLiteConnection {
    /// How long a statement waits for the lock of another process: longer than any transaction of this program.
    static let busyTimeout: Int32 = 5_000

    private let handle: OpaquePointer
    private(set) var prepared: [String: OpaquePointer] = [:]

    /// - Parameter path: a file, which is created if it does not exist, or `:memory:`.
    init(path: String, isReadOnly: Bool = false) throws(SQLiteError) {
        var opened: OpaquePointer?
        let flags = isReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
        // One thread at a time uses a connection, so SQLite need not lock it.
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

    /// Sets how long a statement waits for the lock of another process.
    func wait(milliseconds: Int32) { sqlite3_busy_timeout(handle, milliseconds) }

    /// How many rows the last statement changed.
    var changes: Int { Int(sqlite3_changes(handle)) }

    /// Runs one or more statements without values.
    func execute(_ sql: String) throws(SQLiteError) {
        guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw error }
    }

    /// Runs a statement and ignores its rows.
    func run(_ sql: String, _ values: SQLiteValue...) throws(SQLiteError) {
        try each(sql, values) { _ in }
    }

    /// The rows of a statement.
    func rows<Value>(
        _ sql: String, _ values: SQLiteValue..., read: (SQLiteRow) -> Value
    ) throws(SQLiteError) -> [Value] {
        var all: [Value] = []
        try each(sql, values) { all.append(read($0)) }
        return all
    }

    /// The first row of a statement; `nil` if there is none.
    func first<Value>(
        _ sql: String, _ values: SQLiteValue..., read: (SQLiteRow) -> Value
    ) throws(SQLiteError) -> Value? {
        var first: Value?
        try each(sql, values) { if first == nil { first = read($0) } }
        return first
    }

    /// Runs `body` in a write transaction, which is rolled back if it throws.
    func transaction<Result>(_ body: () throws(SQLiteError) -> Result) throws(SQLiteError) -> Result {
        // Immediate: wait for another writer at the beginning, since a transaction that upgrades later can only fail.
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

/// An error of the database.
package struct SQLiteError: Error, Sendable, Equatable, CustomStringConvertible {
    /// SQLite's primary result code, such as 5 for `SQLITE_BUSY`.
    package let code: Int32
    /// The message, of SQLite or of this program.
    package let message: String

    /// Creates an error.
    package init(code: Int32, message: String) {
        self.code = code
        self.message = message
    }

    /// Whether the file is damaged, or not a database.
    var isDamage: Bool { code == SQLITE_CORRUPT || code == SQLITE_NOTADB }

    /// The remedy, for the operator.
    var advice: String {
        switch code {
        case SQLITE_BUSY, SQLITE_LOCKED: "another program holds it: end that, or give this one a database of its own"
        case SQLITE_FULL: "the disk is full: make room"
        case SQLITE_READONLY, SQLITE_PERM, SQLITE_CANTOPEN, SQLITE_AUTH:
            "make its directory writable for the user that runs this, or choose another with INSTACRAWLER_DATABASE"
        case SQLITE_CORRUPT, SQLITE_NOTADB: "the damaged file is moved aside and a new one is begun"
        case SQLITE_IOERR: "look at the disk"
        case 0: "run the newer program, or choose another database with INSTACRAWLER_DATABASE"
        default: "look at what SQLite says"
        }
    }

    /// The error, for a person.
    package var description: String { message }
}

/// A row of a result; valid only while it is read.
struct SQLiteRow {
    let statement: OpaquePointer

    /// The number in a column, counted from 0; `nil` for NULL.
    func integer(_ column: Int32) -> Int64? {
        sqlite3_column_type(statement, column) == SQLITE_NULL ? nil : sqlite3_column_int64(statement, column)
    }

    /// The text in a column, counted from 0; `nil` for NULL.
    func text(_ column: Int32) -> String? {
        guard let bytes = sqlite3_column_text(statement, column) else { return nil }
        let count = Int(sqlite3_column_bytes(statement, column))
        return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    }
}

/// A value of a parameter or column.
enum SQLiteValue {
    case null
    case integer(Int64)
    case text(String)

    init(_ text: String?) { self = text.map { .text($0) } ?? .null }
    init(_ number: Int?) { self = number.map { .integer(Int64($0)) } ?? .null }
    init(_ flag: Bool) { self = .integer(flag ? 1 : 0) }
}

/// Runs the work of a store on its own thread: SQLite waits for disks and locks, which must not block the threads of
/// the concurrent pool.
final class DatabaseExecutor: SerialExecutor {
    private let queue = DispatchQueue(label: "database")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

    /// Runs work without a store, such as opening one.
    func run<Value: Sendable>(
        _ body: @escaping @Sendable () throws(SQLiteError) -> Value
    ) async throws(SQLiteError) -> Value {
        let result = await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: Result(catching: body)) }
        }
        return try result.get()
    }
}
