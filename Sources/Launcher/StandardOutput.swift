import Glibc

/// The standard output of nginx, to which it writes the access log.
///
/// nginx opens `/dev/stdout` by name. That fails if standard output is a socket, as under systemd, or belongs to
/// another user. If it is a file, two processes would overwrite each other's output. In these cases nginx gets a
/// pipe, and this process copies its output.
enum StandardOutput {
    /// Returns a descriptor for nginx, and whether to close it after nginx has started.
    static func forChild() -> (descriptor: Int32, isPipe: Bool) {
        var ends: [Int32] = [-1, -1]
        guard !canBeOpenedAnew, pipe2(&ends) else { return (STDOUT_FILENO, false) }
        let readEnd = ends[0]
        Thread.start { relay(from: readEnd) }
        return (ends[1], true)
    }

    private static func pipe2(_ ends: inout [Int32]) -> Bool {
        guard pipe(&ends) == 0 else { return false }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return true
    }

    private static var canBeOpenedAnew: Bool {
        var status = stat()
        guard fstat(STDOUT_FILENO, &status) == 0 else { return false }
        guard [S_IFIFO, S_IFCHR].contains(status.st_mode & S_IFMT) else { return false }
        let descriptor = open("/proc/self/fd/1", O_WRONLY | O_APPEND | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        close(descriptor)
        return true
    }

    private static func relay(from descriptor: Int32) {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(descriptor, &bytes, bytes.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            var written = 0
            while written < count {
                let step = bytes[written..<count].withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
                if step < 0, errno != EINTR { break }
                written += max(0, step)
            }
        }
        close(descriptor)
    }
}

/// The exit status and the output of a program.
struct Output: Sendable {
    var status: ExitStatus
    var text: String

    /// Runs a program to its end and collects the output of both streams.
    static func of(_ path: String, _ arguments: [String], environment: [String]) async throws(LauncherError) -> Output {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw .cannotStart(path, reason: Files.message(errno)) }
        let (readEnd, writeEnd) = (ends[0], ends[1])
        defer { close(readEnd) }
        let child: ChildProcess
        do {
            child = try await ChildProcess.start(
                ChildProcess.Command(
                    path: path, arguments: arguments, environment: environment, output: writeEnd, errors: writeEnd))
        } catch {
            close(writeEnd)
            throw error
        }
        close(writeEnd)
        let text = await withCheckedContinuation { (continuation: CheckedContinuation<String, Never>) in
            Thread.start {
                continuation.resume(returning: String(decoding: Files.readAll(readEnd) ?? [], as: UTF8.self))
            }
        }
        return Output(status: await child.exitStatus(), text: text)
    }
}
