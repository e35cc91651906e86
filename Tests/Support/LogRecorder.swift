import Logging
import Synchronization

/// Records log messages.
package final class LogRecorder: Sendable {
    package struct Line: Sendable {
        package var level: Logger.Level
        /// The message with its metadata.
        package var text: String
    }

    private let recorded = Mutex<[Line]>([])

    package init() {}

    package var lines: [Line] { recorded.withLock { $0 } }

    package var texts: [String] { lines.map(\.text) }

    package func texts(_ level: Logger.Level) -> [String] { lines.filter { $0.level == level }.map(\.text) }

    /// A logger that records messages of all levels here.
    package var logger: Logger { Logger(label: "test") { _ in Handler(recorder: self) } }

    fileprivate func append(_ line: Line) { recorded.withLock { $0.append(line) } }

    private struct Handler: LogHandler {
        let recorder: LogRecorder
        var metadata: Logger.Metadata = [:]
        var logLevel: Logger.Level = .trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let all = metadata.merging(event.metadata ?? [:]) { $1 }
            let pairs = all.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            recorder.append(
                Line(level: event.level, text: ([event.message.description] + pairs).joined(separator: " ")))
        }
    }
}

extension Logger {
    /// Discards all messages.
    package static var silent: Logger { Logger(label: "none") { _ in SwiftLogNoOpLogHandler() } }
}
