import AsyncHTTPClient
import Posts
import Synchronization

/// Instagram's official interface for hashtags, the Graph API's hashtag search.
///
/// A page costs one request. The first page of a new hashtag costs one more, for its id, which is stored. The access
/// token is in the query of a request and nowhere else: no error, log or description contains it.
package final class InstagramGraphAPI: PostSource {
    /// The largest number of posts on a page.
    private static let pageSize = 50
    /// Part of the service's message if the posts of a page are too much data.
    private static let tooMuch = "reduce the amount of data"

    /// The lists of posts of a hashtag.
    package enum Edge: String, Sendable, CaseIterable {
        /// The newest of the last 24 hours.
        case recent = "recent_media"
        /// The most popular, of any age.
        case top = "top_media"
    }

    /// `instagram`, or `sandbox` for the emulator.
    package let name: String

    private let address: GraphAddress
    private let client: GraphClient
    private let hashtags: GraphHashtags
    private let media: [Edge]
    private let now: @Sendable () -> Int64
    /// How many posts to request: fewer after the service has refused more.
    private let limit = Mutex(pageSize)

    /// - Parameters:
    ///   - name: names the source in ids and logs; lower-case ASCII letters, digits, `.`, `-`, `_`.
    ///   - baseURL: the interface with its version, such as `https://graph.facebook.com/v23.0`.
    ///   - userID: the id of the professional account.
    ///   - accessToken: a token of that account.
    ///   - media: the lists to request, in order: the pages of the second follow the last page of the first. Empty
    ///     means `[.recent]`.
    ///   - client: must have the configuration `upstream(_:)`; lives longer than the source.
    ///   - store: stores the ids of hashtags.
    ///   - ledger: stores the hashtags that count against the account's quota; without one, only the service counts.
    ///   - limits: for each request.
    ///   - now: the time, in whole seconds since 1970.
    package init(
        name: String = "instagram", baseURL: String, userID: String, accessToken: Secret, media: [Edge] = [.recent],
        client: HTTPClient, store: any PostStore, ledger: (any CrawlLedger)? = nil,
        limits: UpstreamLimits = UpstreamLimits(), now: @escaping @Sendable () -> Int64 = Epoch.now
    ) {
        self.name = name
        self.media = media.isEmpty ? [.recent] : media
        self.now = now
        address = GraphAddress(base: baseURL, userID: userID, token: accessToken)
        self.client = GraphClient(client: client, limits: limits, token: accessToken, now: now)
        hashtags = GraphHashtags(
            source: name, address: address, token: accessToken, client: self.client, store: store,
            quota: ledger.map { HashtagQuota(source: name, account: userID, ledger: $0, now: now) })
    }

    /// The worst figure of the last usage headers.
    package var usage: UsageReport? { client.usage }

    /// How many hashtags may be searched for; `nil` without a ledger.
    package var budget: SearchBudget? { hashtags.budget }

    /// Fetches a page of at most 50 posts.
    package func page(of hashtag: Hashtag, after cursor: SourceCursor?) async throws(SourceError) -> SourcePage {
        let place = cursor.map { GraphPlace($0) } ?? media.first.map { GraphPlace(edge: $0) }
        guard let place else { throw .unusableResponse("the cursor is not one of this source") }
        return try await hashtags.withID(of: hashtag) { id throws(SourceError) in
            try await page(at: place, of: id)
        }
    }

    private func page(at place: GraphPlace, of id: String) async throws(SourceError) -> SourcePage {
        let list: GraphList<GraphMedia>
        do {
            list = try await self.list(at: place, of: id)
        } catch .badParameter(let reason) where place.after != nil {
            // The first page was accepted, so the cursor has expired.
            throw .unusableResponse("its own cursor is not accepted any more: \(reason)")
        }
        return SourcePage(list.list, source: name, now: now(), next: next(after: place, list)?.cursor)
    }

    /// Halves the number of posts as long as the service refuses it, and keeps the new number.
    private func list(at place: GraphPlace, of id: String) async throws(SourceError) -> GraphList<GraphMedia> {
        while true {
            let limit = limit.withLock { $0 }
            do throws(SourceError) {
                return try await client.get(address.media(place.edge, of: id, limit: limit, after: place.after))
            } catch {
                guard case .temporary(let reason, _) = error, limit > 1, reason.lowercased().contains(Self.tooMuch)
                else {
                    throw error
                }
                self.limit.withLock { $0 = min($0, limit / 2) }
            }
        }
    }

    /// The next page of a list, or the first of the next list.
    private func next<Item>(after place: GraphPlace, _ list: GraphList<Item>) -> GraphPlace? {
        if let after = list.after { return GraphPlace(edge: place.edge, page: place.page + 1, after: after) }
        return media.drop { $0 != place.edge }.dropFirst().first.map { GraphPlace(edge: $0) }
    }
}
