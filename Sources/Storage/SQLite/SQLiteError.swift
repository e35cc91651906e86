import CSQLite

/// Why the database did not do something.
public struct SQLiteError: Error, Sendable, Equatable, CustomStringConvertible {
    /// SQLite's primary result code, such as 5 for `SQLITE_BUSY`.
    public let code: Int32
    /// What happened, in SQLite's words, or ours.
    public let message: String

    /// Creates an error; each parameter is the field of its name.
    public init(code: Int32, message: String) {
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
    public var description: String { message }
}
