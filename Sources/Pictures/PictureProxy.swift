import AsyncHTTPClient
import NIOCore
import NIOPosix
import Posts

/// Fetches the pictures of sources for clients that cannot or should not contact the source.
///
/// The address in a post is not trusted: its author could point it at a machine in the operator's network. Therefore
/// the proxy accepts only `http` and `https` and only public addresses, and it connects to the checked address, even
/// if the name resolves differently a moment later. Every redirect is checked again.
package struct PictureProxy: Sendable {
    /// The limits.
    package let configuration: PictureProxyConfiguration
    private let resolver: HostResolver
    private let eventLoops: any EventLoopGroup
    private let limiter: FetchLimiter

    /// - Parameters:
    ///   - configuration: the limits.
    ///   - resolver: resolves the addresses of hosts.
    ///   - eventLoops: the event loops of the connections.
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

    /// The number of running fetches, and of those that wait.
    var fetches: (active: Int, waiting: Int) { limiter.counts }

    /// Fetches a picture from its address, or from its second address if the first one fails.
    ///
    /// The first of two addresses may be a guess. Services redirect wrong guesses to some other picture, so redirects
    /// of the first address are not followed.
    package func fetch(_ media: Media) async throws(PictureError) -> FetchedPicture {
        guard let other = media.fallbackURL else { return try await fetch(media.url) }
        do {
            return try await fetch(media.url, redirects: 0)
        } catch {
            guard error.isWorthAnotherAddress else { throw error }
            return try await fetch(other)
        }
    }

    /// Starts to fetch a picture. It has received and checked the first bytes when it returns.
    func fetch(_ text: String, redirects: Int? = nil) async throws(PictureError) -> FetchedPicture {
        let deadline = ContinuousClock.now + configuration.firstByteTimeout
        let (response, exchange) = try await open(text, from: 0, redirects: redirects, before: deadline)
        return try await FetchedPicture(response, exchange, before: deadline, configuration)
    }

    /// Requests a picture and follows redirects.
    ///
    /// - Parameters:
    ///   - offset: the offset of the first requested byte.
    ///   - redirects: the maximum number of redirects; nil for the configured number.
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

    /// Returns the address to connect to. Rejects a host if any of its addresses is not public.
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
    /// The maximum size of a picture in bytes.
    package var maximumBytes: Int
    /// The maximum number of redirects.
    package var maximumRedirects: Int
    /// The time limit for the first bytes, including name resolution and connections.
    package var firstByteTimeout: Duration
    /// The time limit for the whole picture.
    package var totalTimeout: Duration

    /// The maximum number of simultaneous fetches.
    package var fetches = 32
    /// The maximum number of fetches from one host: the number of connections that browsers open to one.
    package var fetchesPerHost = 6
    /// The maximum number of fetches that wait, within ``firstByteTimeout``. Further ones are rejected at once.
    package var waitingFetches = 128

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

/// A picture whose first bytes have arrived and belong to a raster format.
package struct FetchedPicture: Sendable {
    package let type: ImageType
    /// The length in bytes, if upstream declared it.
    package let length: Int?
    package let stream: PictureStream

    /// - Throws: ``PictureError`` if it is not a supported picture.
    init(
        _ response: HTTPClientResponse, _ exchange: UpstreamExchange, before deadline: ContinuousClock.Instant,
        _ limits: PictureProxyConfiguration
    ) async throws(PictureError) {
        guard response.status == .ok else { throw .status(Int(response.status.code)) }
        length = response.contentLength
        guard length ?? 0 <= limits.maximumBytes else { throw .tooLarge(limit: limits.maximumBytes) }

        stream = PictureStream(response.body, exchange, limit: limits.maximumBytes)
        let first = try await stream.peek(ImageType.prefixLength, before: deadline)
        // Upstream's type may be wrong, missing or generic, so the bytes decide.
        guard let type = ImageType(firstBytes: first.readableBytesView) else {
            let declared = response.headers.first(name: "Content-Type") ?? ""
            throw .notAPicture(declared: declared.isEmpty ? "nothing" : String(declared.prefix(100)))
        }
        self.type = type
    }
}

extension HTTPClientResponse {
    /// The length of the body in bytes; nil if upstream does not declare it, or declares that of a compressed form.
    var contentLength: Int? {
        let coding = headers.first(name: "Content-Encoding")?.lowercased() ?? "identity"
        guard coding == "identity" || coding.isEmpty else { return nil }
        return headers.first(name: "Content-Length").flatMap { DecimalNumber($0)?.value }
    }
}
