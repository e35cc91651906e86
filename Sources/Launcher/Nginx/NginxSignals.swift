import Glibc

/// The signals that an nginx takes to stop.
///
/// nginx drops requests on `SIGTERM`, and lets them finish on `SIGQUIT`. A platform that sends `SIGTERM` to every
/// process of a container needs it the other way round, so the image's own nginx is built with the two exchanged, and
/// says so by the name of its build (`--build=graceful-term`).
struct NginxSignals: Equatable {
    /// The name of a build with the meanings exchanged.
    static let exchangedBuild = "graceful-term"

    /// Open requests finish.
    var graceful: Int32
    /// Open requests are dropped.
    var fast: Int32

    /// - Parameter version: what `nginx -V` prints.
    init(version: String) {
        let firstLine = version.prefix { $0 != "\n" }
        let isExchanged = firstLine.hasSuffix("(\(Self.exchangedBuild))")
        (graceful, fast) = isExchanged ? (SIGTERM, SIGQUIT) : (SIGQUIT, SIGTERM)
    }
}
