import Glibc
import SystemPackage

/// Where things are.
enum Paths {
    /// A path from the root; a relative one starts at the current directory.
    static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/"), let directory = getcwd(nil, 0) else { return normal(path) }
        defer { free(directory) }
        return normal("\(String(cString: directory))/\(path)")
    }

    private static func normal(_ path: String) -> String {
        FilePath(path).lexicallyNormalized().string
    }

    /// The directory of the nginx templates: `nginx` in the current directory, else the one that is installed
    /// beside this program.
    static func nginxDirectory() -> String {
        let inSources = absolute("nginx")
        if access("\(inSources)/nginx.conf.template", R_OK) == 0 { return inSources }
        let program = FilePath(executable)
        let installed = program.removingLastComponent().removingLastComponent()
            .appending("share/instacrawler/nginx").string
        return access(installed, R_OK) == 0 ? installed : inSources
    }

    /// The file of this program.
    static var executable: String {
        var buffer = [CChar](repeating: 0, count: 4_096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        return String(decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
