import FoundationEssentials
import Glibc

/// The process's environment.
enum Environment {
    static var all: [String: String] { ProcessInfo.processInfo.environment }

    static func value(_ name: String) -> String? { all[name] }
}

/// How many descriptors the process may have open, and what they are for. Descriptors that run out end the process:
/// libdispatch opens a file of `/proc` every second and traps when it cannot.
struct DescriptorBudget {
    /// 32 pictures are fetched at once. Each takes a connection, perhaps a second one that is tried meanwhile (RFC 8305),
    /// and, where the sandbox is in this process, the other end.
    static let pictures = 32 * 3
    /// Connections of crawls, both ends with a sandbox.
    static let crawls = 48
    /// The database with its log and its locks.
    static let database = 16
    /// Workers, timers, listening sockets, nginx's pipes, standard streams, and what libraries open for a moment.
    static let reserve = 64
    /// The smallest limit to run with.
    static let least = 256

    /// Connections of the web server that may be open at once: all the rest.
    let connections: Int

    /// - Parameter limit: of the process.
    init(limit: Int) throws(TooFewDescriptors) {
        guard limit >= Self.least else { throw TooFewDescriptors(limit: limit) }
        connections = limit - Self.pictures - Self.crawls - Self.database - Self.reserve
    }

    /// Raises the process's limit as far as it may be, and divides it.
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

/// The limit of descriptors is too low to run with.
struct TooFewDescriptors: Error, CustomStringConvertible {
    var limit: Int

    var description: String {
        "only \(limit) files may be open at once, and \(DescriptorBudget.least) are needed: raise the limit "
            + "(ulimit -n 1024, or LimitNOFILE= of systemd)"
    }
}

/// The signals that come before there is anything that could be stopped gracefully.
enum EarlySignals {
    /// Has process 1 of a container end at once, as any other process would: the kernel gives it no signal that it does
    /// not handle. Whoever stops services gracefully takes the signals over.
    static func endProcessOne() {
        guard getpid() == 1 else { return }
        for number in [SIGTERM, SIGINT] { signal(number) { _exit(128 + $0) } }
    }
}
