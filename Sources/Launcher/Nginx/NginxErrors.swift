import Glibc
import Logging

/// Takes nginx's error log in, and passes it on as part of the log of this process: in its format, and without what
/// must not be in a log.
enum NginxErrors {
    /// The descriptor for nginx, and whether it is to be closed once nginx has it.
    static func forChild(_ logger: Logger) -> (descriptor: Int32, isPipe: Bool) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return (STDERR_FILENO, false) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let readEnd = ends[0]
        Thread.start { relay(from: readEnd, to: logger) }
        return (ends[1], true)
    }

    private static func relay(from descriptor: Int32, to logger: Logger) {
        var piece = [UInt8](repeating: 0, count: 16_384)
        var pending: [UInt8] = []
        while true {
            let count = read(descriptor, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            if count > 0 { pending += piece[..<count] }
            var lines = pending.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            // What follows the last line break is a line that has not ended; at the end there is no more to come.
            pending = count > 0 ? lines.popLast().map(Array.init) ?? [] : []
            for line in lines {
                guard let line = NginxLogLine(String(decoding: line, as: UTF8.self)) else { continue }
                logger.log(level: line.level, "nginx: \(line.message)")
            }
            guard count > 0 else { break }
        }
        close(descriptor)
    }
}
