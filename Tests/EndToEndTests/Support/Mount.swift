import Glibc
import TestSupport

/// A file system in memory, mounted in a directory of a test until this object is released.
final class Mount: Sendable {
    /// Whether this process may mount one.
    static let isPossible = Mount(in: TemporaryDirectory()) != nil

    let path: String
    // Keeps the directory until the file system is unmounted.
    private let directory: TemporaryDirectory

    /// - Parameter options: options of tmpfs, like `size=1m`.
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
