import CSQLite

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
