import Glibc

/// Keeps others that start at the same time from replacing a socket in the same directory.
struct DirectoryLock {
    /// How often to look whether it is free, every 10 ms. Somebody may hold it for a reason of his own, and for long:
    /// then it goes without.
    private static let attempts = 100

    private let descriptor: Int32

    /// - Returns: nil when the directory of `path` cannot be locked.
    init?(of path: String) {
        let directory = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        for _ in 0..<Self.attempts {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return }
            guard errno == EWOULDBLOCK || errno == EINTR else { break }
            usleep(10_000)
        }
        close(descriptor)
        return nil
    }

    func release() { close(descriptor) }
}
