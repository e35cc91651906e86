/// What an operator may want different in the web interface.
public struct WebConfiguration: Sendable {
    /// The name at the top of every page.
    public var title: String
    /// Seconds after which a reader is told to ask again while nothing has been found yet.
    public var retryAfter: Int

    /// - Parameters:
    ///   - title: the name at the top of every page.
    ///   - retryAfter: seconds for `Retry-After` while nothing has been found yet.
    public init(title: String = "InstaCrawler", retryAfter: Int = 10) {
        self.title = title
        self.retryAfter = retryAfter
    }
}
