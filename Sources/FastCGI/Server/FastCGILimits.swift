/// What one peer may take of the server. A limit that is hit is logged and counted, and harms no other
/// connection.
public struct FastCGILimits: Sendable, Equatable {
    /// Size of all parameters of a request together, in bytes, 1,024...1,000,000. Above it: status 431.
    public var parameterBytes = 262_144
    /// How many parameters a request may have, header fields among them, 32...10,000. Above it: status 431.
    public var parameters = 1_000
    /// Size of a request's body in bytes, 0 or more. Above it: ``FastCGIError/bodyTooLarge(limit:)``, which
    /// `HummingbirdFastCGI` answers with 413.
    public var bodyBytes = 16_777_216
    /// Connections open at once, 1 or more. The process's limit of descriptors, less 64 for all else, is the most
    /// that can be had; nil asks for that. At it, the
    /// connection that has been idle longest is closed for a new one; if none is idle, new ones wait in the
    /// listening socket's queue.
    public var connections: Int?
    /// How long a request may take to arrive: from its first byte to its last parameter, and from one piece
    /// of the body that a handler waits for to the next.
    public var receiveTimeout = Duration.seconds(30)
    /// How long a client may take nothing of an answer that waits to be sent.
    public var sendTimeout = Duration.seconds(60)
    /// How long a handler may take to begin its answer. After it: status 504, and the handler is cancelled.
    public var handlerTimeout = Duration.seconds(60)
    /// How long requests that are open may go on after a graceful shutdown began.
    public var drainTimeout = Duration.seconds(10)

    /// The defaults.
    public init() {}

    func validate() throws(FastCGIError) {
        guard (1_024...1_000_000).contains(parameterBytes) else {
            throw .configuration(name: "parameterBytes", value: "\(parameterBytes)", allowed: "1024 to 1000000")
        }
        guard (32...10_000).contains(parameters) else {
            throw .configuration(name: "parameters", value: "\(parameters)", allowed: "32 to 10000")
        }
        guard bodyBytes >= 0 else {
            throw .configuration(name: "bodyBytes", value: "\(bodyBytes)", allowed: "0 or more")
        }
        if let connections, connections < 1 {
            throw .configuration(name: "connections", value: "\(connections)", allowed: "1 or more")
        }
        let timeouts = [
            ("receiveTimeout", receiveTimeout), ("sendTimeout", sendTimeout), ("handlerTimeout", handlerTimeout),
            ("drainTimeout", drainTimeout),
        ]
        // A longer one would not fit into the clocks that it is added to.
        for (name, timeout) in timeouts where timeout <= .zero || timeout > .seconds(365 * 86_400) {
            throw .configuration(name: name, value: "\(timeout)", allowed: "more than 0 seconds, at most 365 days")
        }
    }
}
