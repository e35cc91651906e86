import CLinux
import Glibc

/// The directory of one `up`: nginx's configuration, pid file, temporary files and caches.
///
/// nginx opens these files by name, possibly as root. Therefore this user must own the directory and everything in it
/// that nginx uses, and no other user may write to it. It is locked while this value exists.
final class RunDirectory: Sendable {
    let path: String
    private let directory: Int32
    private let lock: Int32

    /// Creates the directory if it is missing, checks its owners, and locks it.
    ///
    /// - Throws: ``LauncherError/cannotWrite(_:reason:)`` or ``LauncherError/runDirectory(_:reason:)``. The content
    ///   of the directory is then unchanged.
    init(_ path: String) throws(LauncherError) {
        try Self.checkOwners(of: path)
        try Files.makeDirectory(path)
        try Self.checkOwners(of: path)
        self.path = path
        let directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw .cannotWrite(path, reason: Files.message(errno)) }
        do {
            try Self.check(directory, path)
            lock = try Self.lock(directory, path)
        } catch {
            close(directory)
            throw error
        }
        self.directory = directory
    }

    deinit {
        close(lock)
        close(directory)
    }

    /// Replaces a file atomically, so that readers never see a part of it. A symbolic link is replaced, not followed.
    func write(_ text: String, to name: String) throws(LauncherError) {
        let file = "\(path)/\(name)"
        let temporary = "\(name).new"
        // An earlier process may have left a file or a link.
        unlinkat(directory, temporary, 0)
        let descriptor = clinux_openat(
            directory, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .cannotWrite(file, reason: Files.message(errno)) }
        let isWritten = Files.writeAll(Array(text.utf8), to: descriptor)
        let code = errno
        close(descriptor)
        guard isWritten, renameat(directory, temporary, directory, name) == 0 else {
            throw .cannotWrite(file, reason: Files.message(isWritten ? errno : code))
        }
    }

    /// Checks that only this user may write to the directory and owns the files in it that nginx uses.
    private static func check(_ directory: Int32, _ path: String) throws(LauncherError) {
        var status = stat()
        guard fstat(directory, &status) == 0 else { throw .cannotWrite(path, reason: Files.message(errno)) }
        guard status.st_uid == geteuid() else {
            throw .runDirectory(path, reason: "it belongs to user \(status.st_uid), and this is user \(geteuid())")
        }
        guard status.st_mode & (S_IWGRP | S_IWOTH) == 0 else {
            throw .runDirectory(path, reason: "others may write to it: chmod go-w \(path)")
        }
        for name in names(in: directory) where isUsed(name) {
            guard fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
            guard status.st_uid == geteuid() else {
                throw .runDirectory(path, reason: "\(name) in it belongs to user \(status.st_uid)")
            }
        }
    }

    /// Whether the configuration of nginx refers to the file or directory.
    private static func isUsed(_ name: String) -> Bool {
        name.hasPrefix("nginx") || ["pictures", "answers", lockName].contains(name)
    }

    /// Checks the owners of the parent directories and symbolic links: another ordinary user could use them to
    /// redirect the path. Users that a namespace does not know are shown as 65534.
    private static func checkOwners(of path: String) throws(LauncherError) {
        var place = path[...]
        while !place.isEmpty {
            let name = String(place)
            var status = stat()
            var target = stat()
            if lstat(name, &status) == 0, name != path || status.st_mode & S_IFMT == S_IFLNK {
                let owners = stat(name, &target) == 0 ? [status.st_uid, target.st_uid] : [status.st_uid]
                if let other = owners.first(where: { ![0, geteuid(), 65_534].contains($0) }) {
                    throw .runDirectory(path, reason: "\(name), which leads to it, belongs to user \(other)")
                }
            }
            place = place[..<(place.lastIndex(of: "/") ?? place.startIndex)]
        }
    }

    private static let lockName = "up.lock"

    /// Locks a separate file, because processes that create a socket in the directory lock the directory itself for a
    /// moment.
    private static func lock(_ directory: Int32, _ path: String) throws(LauncherError) -> Int32 {
        let descriptor = clinux_openat(directory, lockName, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw .cannotWrite("\(path)/\(lockName)", reason: Files.message(errno))
        }
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            if errno == EINTR { continue }
            let reason = errno == EWOULDBLOCK ? "another instacrawler up runs with it" : Files.message(errno)
            close(descriptor)
            throw .runDirectory(path, reason: reason)
        }
        return descriptor
    }

    private static func names(in directory: Int32) -> [String] {
        // Use a second descriptor: reading moves its offset, and closing the stream closes it.
        let copy = clinux_openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
        guard copy >= 0 else { return [] }
        guard let stream = fdopendir(copy) else {
            close(copy)
            return []
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            names.append(
                withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                    pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                })
        }
        return names
    }
}

/// Reads and writes small files, and creates directories.
enum Files {
    static func message(_ code: Int32) -> String { String(cString: strerror(code)) }

    static func read(_ path: String) throws(LauncherError) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .cannotRead(path, reason: message(errno)) }
        defer { close(descriptor) }
        guard let bytes = readAll(descriptor) else { throw .cannotRead(path, reason: message(errno)) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Reads to the end. Returns nil if that fails.
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

    /// Writes all bytes. Returns false if that fails.
    static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno != EINTR { return false }
            rest = rest.dropFirst(max(0, count))
        }
        return true
    }

    /// Creates a directory and its missing parents.
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
