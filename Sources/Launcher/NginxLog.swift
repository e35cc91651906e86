import Glibc
import Logging

/// Reads nginx's error log and adds it to the log of this process, in its format and without secrets.
enum NginxErrors {
    /// Returns a descriptor for nginx, and whether to close it after nginx has started.
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
            // The part after the last line break is an incomplete line, except at the end of the input.
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
    /// The message, without the time, which the log adds itself, and without text that may contain a key.
    let message: String

    /// - Returns: nil for an empty line. A line in another format is kept as it is.
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

    /// Cuts every word at the first `?`, `=`, `&` or escape. In a client's text, the value of a parameter always
    /// follows one of these, however often it is escaped. A word ends at a space or a quote.
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
