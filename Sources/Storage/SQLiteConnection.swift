import CSQLite
import Dispatch

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

/// Why the database did not do something.
package struct SQLiteError: Error, Sendable, Equatable, CustomStringConvertible {
    /// SQLite's primary result code, such as 5 for `SQLITE_BUSY`.
    package let code: Int32
    /// What happened, in SQLite's words, or ours.
    package let message: String

    /// Creates an error; each parameter is the field of its name.
    package init(code: Int32, message: String) {
        self.code = code
        self.message = message
    }

    /// Whether the file is not, or no more, a database that can be trusted.
    var isDamage: Bool { code == SQLITE_CORRUPT || code == SQLITE_NOTADB }

    /// What an operator can do about it.
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

    /// What happened, for a person.
    package var description: String { message }
}

/// One row of an answer; good only while it is read.
struct SQLiteRow {
    let statement: OpaquePointer

    /// The number in a column, from 0 on; nil when there is none.
    func integer(_ column: Int32) -> Int64? {
        sqlite3_column_type(statement, column) == SQLITE_NULL ? nil : sqlite3_column_int64(statement, column)
    }

    /// The text in a column, from 0 on; nil when there is none.
    func text(_ column: Int32) -> String? {
        guard let bytes = sqlite3_column_text(statement, column) else { return nil }
        let count = Int(sqlite3_column_bytes(statement, column))
        return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    }
}

/// A value that goes into or comes out of the database.
enum SQLiteValue {
    case null
    case integer(Int64)
    case text(String)

    init(_ text: String?) { self = text.map { .text($0) } ?? .null }
    init(_ number: Int?) { self = number.map { .integer(Int64($0)) } ?? .null }
    init(_ flag: Bool) { self = .integer(flag ? 1 : 0) }
}

/// Runs a store's work on a thread of its own kind: SQLite waits for disks and locks, and the threads that all tasks
/// share must not.
final class DatabaseExecutor: SerialExecutor {
    private let queue = DispatchQueue(label: "database")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

    /// Runs what belongs to no store yet, such as opening one.
    func run<Value: Sendable>(
        _ body: @escaping @Sendable () throws(SQLiteError) -> Value
    ) async throws(SQLiteError) -> Value {
        let result = await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: Result(catching: body)) }
        }
        return try result.get()
    }
}
