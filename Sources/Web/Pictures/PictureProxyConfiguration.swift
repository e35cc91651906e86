/// The limits of the ``PictureProxy``.
public struct PictureProxyConfiguration: Sendable {
    /// Whether pictures may come from this machine: only for the sandbox and for tests.
    public var allowLoopback: Bool
    /// The most bytes that a picture may have.
    public var maximumBytes: Int
    /// How often upstream may send on to another address.
    public var maximumRedirects: Int
    /// How long the first bytes may take, names and connections included.
    public var firstByteTimeout: Duration
    /// How long the whole picture may take.
    public var totalTimeout: Duration

    /// The most pictures that are fetched at the same time.
    public var fetches = 32
    /// The most of them from one host: as many as browsers open connections to one.
    public var fetchesPerHost = 6
    /// The most that wait for their turn, within ``firstByteTimeout``. More are refused at once.
    public var waitingFetches = 128

    /// - Parameters:
    ///   - allowLoopback: whether pictures may come from this machine.
    ///   - maximumBytes: the most bytes that a picture may have; 16 MiB unless told.
    ///   - maximumRedirects: how often upstream may send on to another address.
    ///   - firstByteTimeout: how long the first bytes may take.
    ///   - totalTimeout: how long the whole picture may take.
    public init(
        allowLoopback: Bool = false, maximumBytes: Int = 16 << 20, maximumRedirects: Int = 3,
        firstByteTimeout: Duration = .seconds(10), totalTimeout: Duration = .seconds(30)
    ) {
        self.allowLoopback = allowLoopback
        self.maximumBytes = maximumBytes
        self.maximumRedirects = maximumRedirects
        self.firstByteTimeout = firstByteTimeout
        self.totalTimeout = totalTimeout
    }
}
