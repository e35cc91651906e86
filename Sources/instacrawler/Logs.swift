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

    /// Sets up logging, and gives the logger that everything uses.
    ///
    /// - Parameters:
    ///   - format: how lines look; nil takes what suits the output.
    ///   - secrets: are taken out of every line.
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

    /// Sets up logging as the settings say.
    static func start(_ settings: Settings, to output: Output) -> Logger {
        let logger = start(settings.logLevel, format: settings.logFormat, secrets: settings.secrets, to: output)
        // The value may be a secret under a misspelt name.
        for name in settings.unknownNames {
            logger.warning("this variable is not a setting: look for a misspelling", metadata: ["name": "\(name)"])
        }
        return logger
    }
}

/// How lines of the log look.
enum LogFormat: String, Sendable, CaseIterable {
    /// For people.
    case text
    /// One JSON object a line, for programs.
    case json

    /// For people where somebody looks on, for programs where the output is collected.
    static func preferred(on descriptor: Int32) -> LogFormat { isatty(descriptor) == 1 ? .text : .json }
}

/// One line of the log.
///
/// Whatever a message or a value holds, it stays one line: line breaks, the codes that terminals act on and those that
/// turn the direction of text are escaped.
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

    /// The line for a person.
    var text: String {
        let fields = fields.map { name, value in
            let value = "\(value)"
            let isPlain = !value.isEmpty && value.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C }
            return " \(Self.escaped(name))=\(isPlain ? value : Self.quoted(value))"
        }
        return "\(timestamp) \(level): \(Self.escaped(message))\(fields.joined())\n"
    }

    /// Hummingbird's name of the request's id is told as nginx tells it, so that the lines of both can be joined.
    private var fields: [(name: String, value: Logger.MetadataValue)] {
        metadata.map { (name: $0.key == "hb.request.id" ? "request_id" : $0.key, value: $0.value) }
            .sorted { $0.name < $1.name }
    }

    /// RFC 3339, UTC, to the millisecond.
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
            // Controls, separators of lines, and marks that turn the direction of text.
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

/// Writes each event as one line, with one call, so that the lines of tasks do not mix.
struct LineLogHandler: LogHandler {
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?

    /// How lines look.
    let format: LogFormat
    /// Must not come out, whoever put it into a message.
    let secrets: [Secret]
    /// Writes a line.
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
