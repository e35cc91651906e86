import NIOCore

#if canImport(Musl)
    import Musl
#else
    import Glibc
#endif

extension IOError {
    /// What happened to a connection, in words for a person.
    var inWords: String {
        switch errnoCode {
        case ECONNREFUSED: "nothing listens there (connection refused)"
        case ECONNRESET, EPIPE: "the connection broke off"
        case ENETUNREACH, EHOSTUNREACH: "no route leads there"
        case ETIMEDOUT: "nothing answers there"
        default: "\(self)"
        }
    }
}
