import AsyncHTTPClient
import Crawler
import NIOCore
import NIOPosix

/// Fetches the pictures that sources handed out, for readers who cannot or should not ask the
/// source themselves.
///
/// An address in a post is not to be trusted: whoever posts could point it at a machine inside the
/// operator's network. So only `http` and `https` are followed, only to public addresses, and the
/// address that was checked is the one that is connected to, whatever the name leads to a moment
/// later. Every redirect is checked anew.
public struct PictureProxy: Sendable {
    /// The limits in force.
    public let configuration: PictureProxyConfiguration
    private let resolver: HostResolver
    private let eventLoops: any EventLoopGroup
    private let limiter: FetchLimiter

    /// - Parameters:
    ///   - configuration: the limits.
    ///   - resolver: finds the addresses of hosts.
    ///   - eventLoops: where the connections live.
    public init(
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
    func fetch(_ media: Media) async throws(PictureError) -> FetchedPicture {
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
