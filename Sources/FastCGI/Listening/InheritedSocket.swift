import Glibc

/// Finds the listening sockets that whoever started the process has opened for it.
public enum InheritedSocket {
    /// Where spawn-fcgi, multiwatch, lighttpd and mod_fcgid put the socket (specification, section 2.2).
    public static let standardInput: Int32 = 0
    /// The first descriptor that systemd passes (sd_listen_fds(3)).
    private static let firstOfSystemd: Int32 = 3

    /// The sockets of systemd when it passed any to this process, else descriptor 0 if it is a listening socket.
    ///
    /// - Parameter environment: gives a variable's value.
    /// - Returns: the listeners; empty when there are none.
    public static func find(environment: (String) -> String?) -> [FastCGIListener] {
        find(firstOfSystemd: firstOfSystemd, environment: environment)
    }

    /// The same where the sockets of systemd begin elsewhere: in a process that runs already, the usual place is taken.
    static func find(firstOfSystemd: Int32, environment: (String) -> String?) -> [FastCGIListener] {
        let ofSystemd = systemdSockets(first: firstOfSystemd, environment: environment)
        if !ofSystemd.isEmpty { return ofSystemd }
        return isListening(standardInput) ? [.descriptor(standardInput)] : []
    }

    private static func systemdSockets(first: Int32, environment: (String) -> String?) -> [FastCGIListener] {
        guard let process = environment("LISTEN_PID").flatMap({ Int32($0) }), process == getpid(),
            let count = environment("LISTEN_FDS").flatMap({ Int32($0) }), (1...64).contains(count)
        else { return [] }
        return (first..<first + count).filter(isListening).map { .descriptor($0) }
    }

    /// Whether a descriptor is a stream socket that listens.
    static func isListening(_ descriptor: Int32) -> Bool {
        option(descriptor, SO_ACCEPTCONN) == 1 && option(descriptor, SO_TYPE) == Int32(SOCK_STREAM.rawValue)
    }

    /// The family of a socket, such as `AF_UNIX`.
    static func family(_ descriptor: Int32) -> Int32? { option(descriptor, SO_DOMAIN) }

    private static func option(_ descriptor: Int32, _ name: Int32) -> Int32? {
        var value: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(descriptor, SOL_SOCKET, name, &value, &length) == 0 ? value : nil
    }
}
