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

/// A line of nginx's error log: `2026/01/31 12:00:00 [error] 7#7: *3 what happened, client: …, request: "…"`.
struct NginxLogLine: Sendable, Equatable {
    let level: Logger.Level
    /// What happened, without the time, which the log has itself, and without anything behind which a key can stand.
    let message: String

    /// - Returns: nil for an empty line. One of another form is taken as it is.
    init?(_ line: some StringProtocol) {
        guard !line.isEmpty else { return nil }
        var level = Logger.Level.notice
        var rest = Substring(line)
        if let open = rest.firstRange(of: " ["), let close = rest[open.upperBound...].firstRange(of: "] ") {
            level = Self.levels[String(rest[open.upperBound..<close.lowerBound])] ?? .notice
            rest = rest[close.upperBound...]
        }
        self.level = level
        message = Self.withoutQueries(rest)
    }

    private static let levels: [String: Logger.Level] = [
        "debug": .debug, "info": .info, "notice": .notice, "warn": .warning, "error": .error, "crit": .critical,
        "alert": .critical, "emerg": .critical,
    ]

    /// Cuts every word of the line at the first `?`, `=`, `&` or escape: wherever a client's text stands in it, the value of
    /// a parameter can only be behind one of them, however often it is escaped. A word ends at a space or at quotes.
    private static func withoutQueries(_ text: Substring) -> String {
        var kept = String.UnicodeScalarView()
        var isCut = false
        for scalar in text.unicodeScalars {
            if scalar == " " || scalar == "\"" {
                isCut = false
            } else if !isCut, "?=&%".unicodeScalars.contains(scalar) {
                isCut = true
                kept += "[…]".unicodeScalars
            }
            if !isCut { kept.append(scalar) }
        }
        return String(kept)
    }
}
