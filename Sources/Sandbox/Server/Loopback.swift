/// What the sandbox knows about hosts.
enum Loopback {
    /// Whether a host names the loopback interface: `localhost`, `::1`, or an IPv4 address in 127.0.0.0/8.
    static func contains(_ host: String) -> Bool {
        if host == "localhost" || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        // Digits only: `UInt8("+1")` is a number, `127.+1.0.1` is no address.
        return parts.count == 4 && parts[0] == "127"
            && parts.allSatisfy { $0.isDigits && UInt8($0) != nil }
    }

    /// The origin that a client uses, with brackets around an IPv6 address.
    static func origin(host: String, port: Int) -> String {
        host.contains(":") ? "http://[\(host)]:\(port)" : "http://\(host):\(port)"
    }
}
