import Glibc
import TestSupport

/// A file system in memory that is mounted in a directory of a test, until the end of this.
final class Mount: Sendable {
    /// Whether this process may mount one.
    static let isPossible = Mount(in: TemporaryDirectory()) != nil

    let path: String
    // What it is mounted in must not be removed before.
    private let directory: TemporaryDirectory

    /// - Parameter options: those of tmpfs, such as `size=1m`.
    init?(in directory: TemporaryDirectory, isReadOnly: Bool = false, options: String = "") {
        self.directory = directory
        path = directory["mount"]
        mkdir(path, 0o755)
        let readOnly: UInt = 1
        guard mount("tmpfs", path, "tmpfs", isReadOnly ? readOnly : 0, options) == 0 else { return nil }
    }

    deinit {
        let detach: Int32 = 2
        umount2(path, detach)
    }
}
