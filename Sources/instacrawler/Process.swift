import FoundationEssentials
import Glibc

/// The process's environment.
enum Environment {
    static var all: [String: String] { ProcessInfo.processInfo.environment }

    static func value(_ name: String) -> String? { all[name] }
}

/// Divides the process's limit on open descriptors among their uses.
///
/// The process must not run out of descriptors: libdispatch opens a file of `/proc` every second and traps if that
/// fails.
struct DescriptorBudget {
    /// For 32 concurrent picture fetches. Each takes a connection, perhaps a second one in parallel (RFC 8305), and the
    /// other end if the sandbox is in this process.
    static let pictures = 32 * 3
    /// For the connections of crawls, with both ends if the sandbox is in this process.
    static let crawls = 48
    /// For the database with its log and its locks.
    static let database = 16
    /// For workers, timers, listening sockets, nginx's pipes, standard streams, and files that libraries open briefly.
    static let reserve = 64
    /// The smallest limit that the program accepts.
    static let least = 256

    /// The largest number of open connections of the web server: all remaining descriptors.
    let connections: Int

    /// - Parameter limit: the process's limit on open descriptors.
    init(limit: Int) throws(TooFewDescriptors) {
        guard limit >= Self.least else { throw TooFewDescriptors(limit: limit) }
        connections = limit - Self.pictures - Self.crawls - Self.database - Self.reserve
    }

    /// Raises the process's soft limit to the hard limit, and divides it.
    static func raised() throws(TooFewDescriptors) -> DescriptorBudget {
        var limit = rlimit()
        let files = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard getrlimit(files, &limit) == 0 else { return try DescriptorBudget(limit: 1_024) }
        let soft = limit.rlim_cur
        limit.rlim_cur = limit.rlim_max
        if setrlimit(files, &limit) != 0 { limit.rlim_cur = soft }
        return try DescriptorBudget(limit: Int(min(limit.rlim_cur, 1_048_576)))
    }
}

/// The process's limit on open descriptors is too low.
struct TooFewDescriptors: Error, CustomStringConvertible {
    var limit: Int

    var description: String {
        "only \(limit) files may be open at once, and \(DescriptorBudget.least) are needed: raise the limit "
            + "(ulimit -n 1024, or LimitNOFILE= of systemd)"
    }
}

/// Handles signals that arrive before the services that stop gracefully have started.
enum EarlySignals {
    /// Lets SIGTERM and SIGINT end process 1 of a container at once, as they end any other process: the kernel does not
    /// deliver unhandled signals to process 1. Services that stop gracefully replace these handlers.
    static func endProcessOne() {
        guard getpid() == 1 else { return }
        for number in [SIGTERM, SIGINT] { signal(number) { _exit(128 + $0) } }
    }
}
