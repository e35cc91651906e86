import Crawler
import Glibc
import Logging

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
