import CSQLite
import Glibc

/// The file of a database, and those that SQLite keeps beside it.
enum DatabaseFile {
    /// Which file it is, whatever its name is by now.
    struct Identity: Equatable, Sendable {
        private let device: UInt64
        private let inode: UInt64

        /// The file of a name; nil when there is none.
        init?(_ path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            device = UInt64(status.st_dev)
            inode = UInt64(status.st_ino)
        }
    }

    private static let companions = ["-wal", "-shm"]

    /// Makes the directory for it, and the file, so that nobody else can read them.
    static func prepare(_ path: String) throws(SQLiteError) {
        makeDirectory(directory(of: path))
        // A file that is there is not opened: closing it would give up the locks of this process's other connections.
        if access(path, R_OK | W_OK) == 0 { return }
        let descriptor = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw error("it cannot be opened") }
        close(descriptor)
    }

    /// Moves a damaged database aside, unless another process has done so and the name is another file's by now.
    ///
    /// - Returns: where it is now; nil when the name is another file's.
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

    /// The directory that a file is in.
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
