import Glibc

/// Reading and writing small files, and making directories.
enum Files {
    static func message(_ code: Int32) -> String { String(cString: strerror(code)) }

    static func read(_ path: String) throws(LauncherError) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .cannotRead(path, reason: message(errno)) }
        defer { close(descriptor) }
        guard let bytes = readAll(descriptor) else { throw .cannotRead(path, reason: message(errno)) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Reads up to the end; nil when that fails.
    static func readAll(_ descriptor: Int32) -> [UInt8]? {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(descriptor, &piece, piece.count)
            if count > 0 { bytes += piece[..<count] }
            if count == 0 { return bytes }
            if count < 0, errno != EINTR { return nil }
        }
    }

    /// Writes all bytes; false when that fails.
    static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno != EINTR { return false }
            rest = rest.dropFirst(max(0, count))
        }
        return true
    }

    /// Makes a directory and those above it, where they are missing.
    static func makeDirectory(_ path: String) throws(LauncherError) {
        var made = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            made += (made.isEmpty || made.hasSuffix("/") ? "" : "/") + part
            guard mkdir(made, 0o755) == 0 || errno == EEXIST || (errno == EROFS && access(made, F_OK) == 0) else {
                throw .cannotWrite(made, reason: message(errno))
            }
        }
        guard access(path, W_OK | X_OK) == 0 else { throw .cannotWrite(path, reason: message(errno)) }
    }
}
