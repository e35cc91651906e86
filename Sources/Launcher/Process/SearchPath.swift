import Glibc

/// Finds programs.
enum SearchPath {
    /// Where nginx often is, and the `PATH` of an ordinary user often does not lead.
    private static let more = ["/usr/sbin", "/usr/local/sbin"]

    /// The path of a program: itself if it has a `/`, else the first match in `PATH`.
    static func find(_ name: String, path: String?) throws(LauncherError) -> String {
        if name.contains("/") {
            guard access(name, X_OK) == 0 else { throw .cannotStart(name, reason: Files.message(errno)) }
            return name
        }
        let directories = (path ?? "/usr/bin:/bin").split(separator: ":").map(String.init) + more
        for directory in directories where access("\(directory)/\(name)", X_OK) == 0 {
            return "\(directory)/\(name)"
        }
        throw .programNotFound(name)
    }
}
