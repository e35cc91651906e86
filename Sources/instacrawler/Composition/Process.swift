import FoundationEssentials
import Glibc
import Logging

/// The process's environment.
enum Environment {
    static var all: [String: String] { ProcessInfo.processInfo.environment }

    static func value(_ name: String) -> String? { all[name] }
}

/// The process's limits.
enum ProcessLimits {
    /// Raises the limit of open descriptors as far as it may be: every connection takes one, in nginx two.
    static func raise() {
        var limit = rlimit()
        let files = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard getrlimit(files, &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(files, &limit)
    }
}

enum Logs {
    enum Output: Sendable {
        case standardOutput
        case standardError
    }

    /// Sets up logging, and gives the logger that everything uses.
    static func start(_ level: Logger.Level, to output: Output) -> Logger {
        var logger = Logger(label: "instacrawler") { label in
            switch output {
            case .standardOutput: StreamLogHandler.standardOutput(label: label)
            case .standardError: StreamLogHandler.standardError(label: label)
            }
        }
        logger.logLevel = level
        return logger
    }
}
