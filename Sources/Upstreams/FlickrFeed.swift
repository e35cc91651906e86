import AsyncHTTPClient
import Posts

/// Flickr's public feed: the newest 20 photos with a tag. It needs no account and has no second page.
package final class FlickrFeed: PostSource {
    /// `flickr`.
    package let name: String

    private let address: String
    private let upstream: UpstreamClient
    private let now: @Sendable () -> Int64

    /// - Parameters:
    ///   - name: names the source in ids and logs; lower-case ASCII letters, digits, `.`, `-`, `_`.
    ///   - address: the address of the feed.
    ///   - client: must have the configuration `upstream(_:)`; lives longer than the source.
    ///   - limits: for each request.
    ///   - now: the time, in whole seconds since 1970.
    package init(
        name: String = "flickr", address: String = "https://www.flickr.com/services/feeds/photos_public.gne",
        client: HTTPClient, limits: UpstreamLimits = UpstreamLimits(),
        now: @escaping @Sendable () -> Int64 = Epoch.now
    ) {
        self.name = name
        self.address = address
        upstream = UpstreamClient(client: client, limits: limits, secret: Secret(""))
        self.now = now
    }

    /// Fetches the newest photos. A page after the first is empty.
    package func page(of hashtag: Hashtag, after cursor: SourceCursor?) async throws(SourceError) -> SourcePage {
        guard cursor == nil else { return SourcePage(posts: []) }
        let response = try await upstream.get(
            "\(address)?format=json&nojsoncallback=1&tagmode=all&tags=\(hashtag.name.percentEncoded)")
        let time = now()
        if let error = response.statusError(at: time) { throw error }
        let feed: FlickrResponse = try UpstreamJSON.decode(body: response.body)
        return SourcePage(feed.items, source: name, now: time)
    }
}
