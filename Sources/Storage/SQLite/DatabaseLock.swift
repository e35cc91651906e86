import CSQLite
import Glibc

/// Keeps a database from being moved aside while a process opens it: SQLite opens its files one after the other, and
/// all must be of one database.
///
/// It is on the directory, so that no file has to be made for it, and ends with the process.
struct DatabaseLock {
    enum Purpose {
        /// Held by any number at once.
        case opening
        /// Held by one alone.
        case moving
    }

    private let descriptor: Int32

    /// - Parameter path: of the database's file.
    /// - Throws: when the directory cannot be read, or when others hold it until the deadline.
    init(on path: String, _ purpose: Purpose, until deadline: ContinuousClock.Instant) throws(SQLiteError) {
        descriptor = open(DatabaseFile.directory(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw SQLiteError(
                code: SQLITE_CANTOPEN, message: "its directory cannot be opened: \(String(cString: strerror(errno)))")
        }
        while flock(descriptor, (purpose == .opening ? LOCK_SH : LOCK_EX) | LOCK_NB) != 0 {
            let reason = errno
            if reason == EINTR { continue }
            guard reason == EWOULDBLOCK, ContinuousClock.now < deadline else {
                close(descriptor)
                throw SQLiteError(
                    code: reason == EWOULDBLOCK ? SQLITE_BUSY : SQLITE_CANTOPEN,
                    message: "its directory cannot be locked: \(String(cString: strerror(reason)))")
            }
            usleep(10_000)
        }
    }

    func release() { close(descriptor) }
}
