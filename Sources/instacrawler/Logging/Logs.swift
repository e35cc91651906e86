import Crawler
import Glibc
import Logging

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
