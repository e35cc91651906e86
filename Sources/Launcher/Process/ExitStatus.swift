import Glibc

/// How a process ended.
public enum ExitStatus: Sendable, Equatable, CustomStringConvertible {
    /// It ended with a code, 0...255.
    case exited(Int32)
    /// A signal ended it.
    case signalled(Int32)
    /// Somebody else in this process waited for it and knows.
    case unknown

    /// Reads what waitpid(2) gave.
    init(waitStatus: Int32) {
        let signal = waitStatus & 0x7F
        self = signal == 0 ? .exited(waitStatus >> 8 & 0xFF) : .signalled(signal)
    }

    /// Such as `exit code 1` or `signal 9 (Killed)`.
    public var description: String {
        switch self {
        case .exited(let code): "exit code \(code)"
        case .unknown: "status unknown"
        case .signalled(let number): "signal \(number) (\(String(cString: strsignal(number))))"
        }
    }
}
