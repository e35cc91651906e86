import CSQLite
import Glibc

/// The database file and the files SQLite keeps next to it.
enum DatabaseFile {
    /// Identifies a file independently of its name.
    struct Identity: Equatable, Sendable {
        private let device: UInt64
        private let inode: UInt64

        /// Returns `nil` if there is no file at `path`.
        init?(_ path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            device = UInt64(status.st_dev)
            inode = UInt64(status.st_ino)
        }
    }

    private static let companions = ["-wal", "-shm"]

    /// Creates the directory (mode 0700) and the file (mode 0600) if they do not exist.
    static func prepare(_ path: String) throws(SQLiteError) {
        makeDirectory(directory(of: path))
        // Do not open an existing file: closing it would release the POSIX locks of this process's other connections.
        if access(path, R_OK | W_OK) == 0 { return }
        let descriptor = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw error("it cannot be opened") }
        close(descriptor)
    }

    /// Renames a damaged database to `<path>.damaged-<time>`, together with its `-wal` and `-shm` files.
    ///
    /// - Returns: the new path, or `nil` if another process has already replaced the file.
    static func moveAside(
        _ path: String, _ file: Identity, at time: Int64
    ) throws(SQLiteError) -> String? {
        let lock = try DatabaseLock(on: path, .moving, until: .now + .seconds(5))
        defer { lock.release() }
        guard Identity(path) == file else { return nil }
        var target = "\(path).damaged-\(time)"
        var number = 1
        while access(target, F_OK) == 0 {
            number += 1
            target = "\(path).damaged-\(time)-\(number)"
        }
        guard rename(path, target) == 0 else { throw error("it is damaged and cannot be moved aside") }
        for companion in companions { rename(path + companion, target + companion) }
        return target
    }

    /// The directory of a file.
    static func directory(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func makeDirectory(_ path: String) {
        guard access(path, F_OK) != 0 else { return }
        makeDirectory(directory(of: path))
        mkdir(path, 0o700)
    }

    private static func error(_ what: String) -> SQLiteError {
        SQLiteError(code: SQLITE_CANTOPEN, message: "\(what): \(String(cString: strerror(errno)))")
    }
}

/// An advisory `flock(2)` on the database's directory: no process moves a database aside while another one opens it.
///
/// The lock is on the directory because SQLite opens its files one by one. The kernel releases it when the process
/// ends.
struct DatabaseLock {
    enum Purpose {
        /// A shared lock.
        case opening
        /// An exclusive lock.
        case moving
    }

    private let descriptor: Int32

    /// Waits for the lock, polling every 10 ms.
    ///
    /// - Parameter path: the database file.
    /// - Throws: `SQLITE_CANTOPEN` if the directory cannot be read, `SQLITE_BUSY` after the deadline.
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
