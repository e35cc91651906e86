/// What keeps nginx from running, for the operator.
public enum LauncherError: Error, Equatable, CustomStringConvertible {
    /// A program is not in the search path.
    case programNotFound(String)
    /// A program could not be started: its path, and why.
    case cannotStart(String, reason: String)
    /// nginx refuses the configuration; what it said.
    case configurationRefused(String)
    /// nginx is built without what the configuration's `listen` asks for.
    case modulesMissing([String])
    /// A port is taken, or not allowed.
    case cannotListen(host: String, port: Int, reason: String)
    /// A directory or file could not be written.
    case cannotWrite(String, reason: String)
    /// The run directory must not be used: its path, and why.
    case runDirectory(String, reason: String)
    /// A file could not be read.
    case cannotRead(String, reason: String)
    /// A child ended by itself.
    case childEnded(String, ExitStatus)
    /// The service did not answer in time: the address asked, and what it said last.
    case notReady(String, reason: String)

    /// A sentence for a person, with what to do about it.
    public var description: String {
        switch self {
        case .programNotFound(let name):
            "\(name) was not found in PATH, /usr/sbin or /usr/local/sbin; install it (Debian: apt-get install nginx-light)"
        case .cannotStart(let path, let reason): "cannot start \(path): \(reason)"
        case .configurationRefused(let output): "nginx refuses the configuration: \(output)"
        case .modulesMissing(let words):
            "this nginx is built without \(words.joined(separator: " and ")), which the configuration's listen asks for; "
                + "install one that has it (Debian: apt-get install nginx-light), or choose another configuration with "
                + "INSTACRAWLER_PROXY or --proxy"
        case .cannotListen(let host, let port, let reason):
            "cannot listen on \(host):\(port): \(reason); choose another port with PORT or --port"
        case .cannotWrite(let path, let reason): "cannot write \(path): \(reason)"
        case .runDirectory(let path, let reason):
            "cannot run in \(path): \(reason); choose another directory with INSTACRAWLER_RUN or --run"
        case .cannotRead(let path, let reason): "cannot read \(path): \(reason)"
        case .childEnded(let name, let status): "\(name) ended by itself: \(status)"
        case .notReady(let address, let reason): "\(address) gave no answer: \(reason)"
        }
    }
}
