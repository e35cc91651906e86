import FoundationEssentials
import Glibc

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

/// The signals that come before there is anything that could be stopped gracefully.
enum EarlySignals {
    /// Has process 1 of a container end at once, as any other process would: the kernel gives it no signal that it does
    /// not handle. Whoever stops services gracefully takes the signals over.
    static func endProcessOne() {
        guard getpid() == 1 else { return }
        for number in [SIGTERM, SIGINT] { signal(number) { _exit(128 + $0) } }
    }
}
