import Glibc

/// Paths for sockets and files of a test; each is in a new directory.
enum TemporaryFiles {
    static func path(_ name: String) -> String {
        var template = Array("/tmp/fastcgi-tests-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { return "/tmp/\(name)" }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self) + "/" + name
    }
}
