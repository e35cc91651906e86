import AsyncHTTPClient
import NIOCore
import NIOPosix
import Posts

/// Fetches the pictures that sources handed out, for readers who cannot or should not ask the
/// source themselves.
///
/// An address in a post is not to be trusted: whoever posts could point it at a machine inside the
/// operator's network. So only `http` and `https` are followed, only to public addresses, and the
/// address that was checked is the one that is connected to, whatever the name leads to a moment
/// later. Every redirect is checked anew.
package struct PictureProxy: Sendable {
    /// The limits in force.
    package let configuration: PictureProxyConfiguration
    private let resolver: HostResolver
    private let eventLoops: any EventLoopGroup
    private let limiter: FetchLimiter

    /// - Parameters:
    ///   - configuration: the limits.
    ///   - resolver: finds the addresses of hosts.
    ///   - eventLoops: where the connections live.
    package init(
        configuration: PictureProxyConfiguration = PictureProxyConfiguration(),
        resolver: HostResolver = .system(),
        eventLoops: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) {
        self.configuration = configuration
        self.resolver = resolver
        self.eventLoops = eventLoops
        limiter = FetchLimiter(
            overall: configuration.fetches, perHost: configuration.fetchesPerHost,
            waiting: configuration.waitingFetches)
    }

    /// How many pictures are being fetched, and how many wait for their turn.
    var fetches: (active: Int, waiting: Int) { limiter.counts }

    /// Fetches a picture from its address, or from the other one that it has when the first does not give it.
    ///
    /// The first of two addresses may be a guess. Services send those who guess wrong to some other picture, so a redirect
    /// from there is not followed.
    package func fetch(_ media: Media) async throws(PictureError) -> FetchedPicture {
        guard let other = media.fallbackURL else { return try await fetch(media.url) }
        do {
            return try await fetch(media.url, redirects: 0)
        } catch {
            guard error.isWorthAnotherAddress else { throw error }
            return try await fetch(other)
        }
    }

    /// Fetches a picture up to its first bytes, which have been checked when this returns.
    func fetch(_ text: String, redirects: Int? = nil) async throws(PictureError) -> FetchedPicture {
        let deadline = ContinuousClock.now + configuration.firstByteTimeout
        let (response, exchange) = try await open(text, from: 0, redirects: redirects, before: deadline)
        return try await FetchedPicture(response, exchange, before: deadline, configuration)
    }

    /// Asks for a picture, wherever its address leads.
    ///
    /// - Parameters:
    ///   - offset: of the first byte that is wanted.
    ///   - redirects: how many to follow; nil for as many as the configuration allows.
    func open(
        _ text: String, from offset: Int, redirects: Int?, before deadline: ContinuousClock.Instant
    ) async throws(PictureError) -> (HTTPClientResponse, UpstreamExchange) {
        var address = try PictureAddress(text)
        for _ in 0...max(0, redirects ?? configuration.maximumRedirects) {
            let slot = try await limiter.slot(for: address.host, before: deadline)
            let exchange = UpstreamExchange(
                connectingTo: try await check(address, before: deadline), for: address, slot, configuration,
                on: eventLoops
            )
            let response = try await exchange.open(from: offset, before: deadline)
            guard (300..<400).contains(response.status.code), let location = response.headers.first(name: "Location")
            else { return (response, exchange) }
            exchange.finish()
            address = try PictureAddress(location, relativeTo: address)
        }
        throw .tooManyRedirects
    }

    /// The address to connect to. A host of which any address is not public is refused as a whole.
    private func check(
        _ address: PictureAddress, before deadline: ContinuousClock.Instant
    ) async throws(PictureError) -> IPAddress {
        let addresses =
            if let literal = address.literal { [literal] } else {
                try await resolver.addresses(of: address.host, before: deadline)
            }
        let isAllowed = addresses.allSatisfy { $0.isPublic || (configuration.allowLoopback && $0.isLoopback) }
        guard isAllowed, let first = addresses.first else { throw .forbiddenHost(address.host) }
        return first
    }
}

/// The limits of the ``PictureProxy``.
package struct PictureProxyConfiguration: Sendable {
    /// Whether pictures may come from this machine: only for the sandbox and for tests.
    package var allowLoopback: Bool
    /// The most bytes that a picture may have.
    package var maximumBytes: Int
    /// How often upstream may send on to another address.
    package var maximumRedirects: Int
    /// How long the first bytes may take, names and connections included.
    package var firstByteTimeout: Duration
    /// How long the whole picture may take.
    package var totalTimeout: Duration

    /// The most pictures that are fetched at the same time.
    package var fetches = 32
    /// The most of them from one host: as many as browsers open connections to one.
    package var fetchesPerHost = 6
    /// The most that wait for their turn, within ``firstByteTimeout``. More are refused at once.
    package var waitingFetches = 128

    /// - Parameters:
    ///   - allowLoopback: whether pictures may come from this machine.
    ///   - maximumBytes: the most bytes that a picture may have; 16 MiB unless told.
    ///   - maximumRedirects: how often upstream may send on to another address.
    ///   - firstByteTimeout: how long the first bytes may take.
    ///   - totalTimeout: how long the whole picture may take.
    package init(
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

/// A picture whose first bytes have arrived and are those of a raster picture.
package struct FetchedPicture: Sendable {
    package let type: ImageType
    /// Its length in bytes, where upstream said so.
    package let length: Int?
    package let stream: PictureStream

    /// - Throws: ``PictureError`` when it is not a picture that is passed on.
    init(
        _ response: HTTPClientResponse, _ exchange: UpstreamExchange, before deadline: ContinuousClock.Instant,
        _ limits: PictureProxyConfiguration
    ) async throws(PictureError) {
        guard response.status == .ok else { throw .status(Int(response.status.code)) }
        length = response.contentLength
        guard length ?? 0 <= limits.maximumBytes else { throw .tooLarge(limit: limits.maximumBytes) }

        stream = PictureStream(response.body, exchange, limit: limits.maximumBytes)
        let first = try await stream.peek(ImageType.prefixLength, before: deadline)
        // Upstream's label may be wrong, missing, or one of any kind of file: the bytes decide.
        guard let type = ImageType(firstBytes: first.readableBytesView) else {
            let declared = response.headers.first(name: "Content-Type") ?? ""
            throw .notAPicture(declared: declared.isEmpty ? "nothing" : String(declared.prefix(100)))
        }
        self.type = type
    }
}

extension HTTPClientResponse {
    /// The length of the body in bytes; nil where upstream does not say it, or says that of a compressed form.
    var contentLength: Int? {
        let coding = headers.first(name: "Content-Encoding")?.lowercased() ?? "identity"
        guard coding == "identity" || coding.isEmpty else { return nil }
        return headers.first(name: "Content-Length").flatMap { DecimalNumber($0)?.value }
    }
}
