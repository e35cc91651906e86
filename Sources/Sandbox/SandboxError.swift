/// Why a sandbox does not listen.
public enum SandboxError: Error, Equatable {
    /// The host is not a name or an address of the loopback interface.
    case notLoopback(host: String)
    /// A field of the configuration is out of its range.
    case invalidSetting(name: String, value: String, allowed: String)
    /// The address could not be bound: the port is taken, as a rule. `reason` is the system's word.
    case cannotListen(host: String, port: Int, reason: String)
    /// ``SandboxServer/run()`` was called a second time.
    case alreadyRun
    /// The server has stopped, and has no address any more.
    case stopped
}

extension SandboxError: CustomStringConvertible {
    /// One line that names what is wrong and what is allowed.
    public var description: String {
        switch self {
        case .notLoopback(let host):
            "the sandbox does not listen on '\(host)': allowed are localhost, ::1 and addresses that start with 127."
        case .invalidSetting(let name, let value, let allowed):
            "the sandbox's \(name) is '\(value)': allowed is \(allowed)"
        case .cannotListen(let host, let port, let reason):
            "the sandbox cannot listen on \(host), port \(port): \(reason)"
        case .alreadyRun:
            "the sandbox was run before: make a new server to run it again"
        case .stopped:
            "the sandbox has stopped"
        }
    }
}
