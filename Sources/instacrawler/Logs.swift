import Glibc
import Logging
import Posts

/// The log of the process.
enum Logs {
    enum Output: Sendable {
        case standardOutput
        case standardError

        fileprivate var descriptor: Int32 { self == .standardOutput ? STDOUT_FILENO : STDERR_FILENO }
    }

    /// Configures logging and returns the logger for the whole program.
    ///
    /// - Parameters:
    ///   - format: the format of lines; `nil` chooses the format that suits the output.
    ///   - secrets: removed from every line.
    static func start(
        _ level: Logger.Level, format: LogFormat?, secrets: [Secret] = [], to output: Output
    ) -> Logger {
        let format = format ?? .preferred(on: output.descriptor)
        var logger = Logger(label: "instacrawler") { _ in
            LineLogHandler(format: format, secrets: secrets) { line in
                switch output {
                case .standardOutput: Console.print(line, terminator: "")
                case .standardError: Console.printError(line, terminator: "")
                }
            }
        }
        logger.logLevel = level
        return logger
    }

    /// Configures logging from the settings.
    static func start(_ settings: Settings, to output: Output) -> Logger {
        let logger = start(settings.logLevel, format: settings.logFormat, secrets: settings.secrets, to: output)
        // Log only the name: the value may be a secret under a misspelt name.
        for name in settings.unknownNames {
            logger.warning("this variable is not a setting: look for a misspelling", metadata: ["name": "\(name)"])
        }
        return logger
    }
}

/// The format of log lines.
enum LogFormat: String, Sendable, CaseIterable {
    /// For people.
    case text
    /// One JSON object a line, for programs.
    case json

    /// Text if the descriptor is a terminal, otherwise JSON.
    static func preferred(on descriptor: Int32) -> LogFormat { isatty(descriptor) == 1 ? .text : .json }
}

/// One line of the log.
///
/// Line breaks, terminal control codes and characters that change the direction of text are escaped, so that no message
/// or value can start another line.
struct LogLine: Sendable {
    let time: timespec
    let level: Logger.Level
    let message: String
    let metadata: Logger.Metadata

    /// The line as JSON: `time`, `level`, `message`, then the metadata by name.
    var json: String {
        let fields = fields.map { name, value in
            let name = ["time", "level", "message"].contains(name) ? "\(name)_" : name
            return ",\(Self.quoted(name)):\(Self.number(value) ?? Self.quoted("\(value)"))"
        }
        return
            "{\"time\":\"\(timestamp)\",\"level\":\"\(level)\",\"message\":\(Self.quoted(message))\(fields.joined())}\n"
    }

    /// The line as text.
    var text: String {
        let fields = fields.map { name, value in
            let value = "\(value)"
            let isPlain = !value.isEmpty && value.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C }
            return " \(Self.escaped(name))=\(isPlain ? value : Self.quoted(value))"
        }
        return "\(timestamp) \(level): \(Self.escaped(message))\(fields.joined())\n"
    }

    /// The metadata, sorted by name. Hummingbird's name of the request ID becomes nginx's, so that their logs can be
    /// joined.
    private var fields: [(name: String, value: Logger.MetadataValue)] {
        metadata.map { (name: $0.key == "hb.request.id" ? "request_id" : $0.key, value: $0.value) }
            .sorted { $0.name < $1.name }
    }

    /// The time in RFC 3339 format, in UTC, with milliseconds.
    private var timestamp: String {
        var seconds = time.tv_sec
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func padded(_ number: some BinaryInteger, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let date = [
            padded(parts.tm_year + 1900, 4), padded(parts.tm_mon + 1, 2), padded(parts.tm_mday, 2),
        ].joined(separator: "-")
        let clock = [padded(parts.tm_hour, 2), padded(parts.tm_min, 2), padded(parts.tm_sec, 2)].joined(separator: ":")
        return "\(date)T\(clock).\(padded(time.tv_nsec / 1_000_000, 3))Z"
    }

    private static func number(_ value: Logger.MetadataValue) -> String? {
        switch value {
        case .stringConvertible(let value as Int): String(value)
        case .stringConvertible(let value as Double) where value.isFinite: String(value)
        default: nil
        }
    }

    private static func quoted(_ text: String) -> String { "\"\(escaped(text, inQuotes: true))\"" }

    private static func escaped(_ text: String, inQuotes: Bool = false) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": escaped += "\\n"
            case "\r": escaped += "\\r"
            case "\t": escaped += "\\t"
            case "\"" where inQuotes, "\\" where inQuotes:
                escaped += "\\"
                escaped.unicodeScalars.append(scalar)
            // Control characters, line separators, and marks that change the direction of text.
            case "\0"..<" ", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}", "\u{200E}", "\u{200F}",
                "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}":
                let digits = String(scalar.value, radix: 16)
                escaped += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}

/// Writes each event as one line with one call, so that lines of different tasks do not mix.
struct LineLogHandler: LogHandler {
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?

    let format: LogFormat
    /// Removed from every line, wherever they come from.
    let secrets: [Secret]
    let write: @Sendable (String) -> Void

    init(format: LogFormat, secrets: [Secret], write: @escaping @Sendable (String) -> Void) {
        self.format = format
        self.secrets = secrets
        self.write = write
    }

    subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { $1 } }
        if let own = event.metadata { all.merge(own) { $1 } }
        if let error = event.error { all["error"] = "\(error)" }
        let line = LogLine(time: time, level: event.level, message: "\(event.message)", metadata: all)
        let text = format == .json ? line.json : line.text
        write(secrets.reduce(text) { $1.scrub($0) })
    }
}
