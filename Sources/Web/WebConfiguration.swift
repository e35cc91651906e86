/// What an operator may want different in the web interface.
public struct WebConfiguration: Sendable {
    /// The name at the top of every page.
    public var title: String
    /// Seconds after which a reader is told to ask again while nothing has been found yet.
    public var retryAfter: Int
    /// The version of the program, for the description of the interface.
    public var version: String
    /// Who may frame the embeds: the sources of the directive `frame-ancestors` of the `Content-Security-Policy`.
    public var frameAncestors: String
    /// The largest body of a request, in bytes; there is nothing to upload. What announces more is refused with 413.
    public var bodyBytes: Int

    /// - Parameters:
    ///   - title: the name at the top of every page.
    ///   - retryAfter: seconds for `Retry-After` while nothing has been found yet.
    ///   - version: of the program.
    ///   - frameAncestors: who may frame the embeds, such as `*`, `'none'` or `https://example.com`.
    ///   - bodyBytes: the largest body of a request.
    public init(
        title: String = "InstaCrawler", retryAfter: Int = 10, version: String = "development",
        frameAncestors: String = "*", bodyBytes: Int = 65_536
    ) {
        self.title = title
        self.retryAfter = retryAfter
        self.version = version
        self.frameAncestors = frameAncestors
        self.bodyBytes = bodyBytes
    }
}
