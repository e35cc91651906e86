import CSQLite
import CUTF8Proc
import CZlib
import FoundationEssentials
import Launcher

/// The versions of all that is in this program and beside it.
enum Versions {
    /// One `NAME VERSION` a line: the program, what it is built with, and the nginx that it would start.
    static func text() async -> String {
        var lines = [
            "instacrawler \(Instacrawler.version)", "swift-stdlib \(_SwiftStdlibVersion.current)",
            "sqlite \(String(cString: sqlite3_libversion()))", "zlib \(String(cString: zlibVersion()))",
            "utf8proc \(String(cString: utf8proc_version()))",
        ]
        if let nginx = await NginxService.version(environment: Environment.all) { lines.append("nginx \(nginx)") }
        return (lines + image + packages).joined(separator: "\n")
    }

    /// The Swift packages, from the list that `scripts/resolve` resolves to.
    static var packages: [String] { lines(PackageResources.versions_txt) }

    /// What only the build of the image knows: the versions of the compiler and of libfcgi, and the commit.
    private static var image: [String] {
        let directory = Paths.executable.split(separator: "/").dropLast(2).joined(separator: "/")
        let file = URL(filePath: "/\(directory)/share/instacrawler/versions.txt")
        return (try? Data(contentsOf: file)).map { lines($0) } ?? []
    }

    private static func lines(_ bytes: some Collection<UInt8>) -> [String] {
        String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
