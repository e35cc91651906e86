import AsyncHTTPClient
import FoundationEssentials
import Synchronization

/// Instagram's official interface for hashtags, the Graph API's hashtag search.
///
/// A page costs one request; the first page of a hashtag that was never asked for costs one more,
/// for its id, which is stored for good. The access token stands in the query of a request and
/// nowhere else: no error, log or description holds it.
public final class InstagramGraphAPI: PostSource {
    /// The most posts that the service gives on a page.
    private static let pageSize = 50

    /// `instagram`, or `sandbox` for the emulator.
    public let name: String

    private let address: GraphAddress
    private let token: Secret
    private let upstream: UpstreamClient
    private let store: any PostStore
    private let now: @Sendable () -> Int64
    private let state = Mutex(State())

    private struct State {
        /// The ids of hashtags, so that a store that fails costs no search.
        var hashtagIDs: [Hashtag: String] = [:]
        var usage: UsageReport?
    }

    /// - Parameters:
    ///   - name: names the source in ids and logs; lower-case ASCII letters, digits, `.`, `-`, `_`.
    ///   - baseURL: the interface with its version, such as `https://graph.facebook.com/v23.0`.
    ///   - userID: the id of the professional account that asks.
    ///   - accessToken: a token of that account.
    ///   - client: must have the configuration `upstream(_:)`; lives longer than the source.
    ///   - store: keeps the ids of hashtags.
    ///   - limits: for each request.
    ///   - now: the time, in whole seconds since 1970.
    public init(
        name: String = "instagram", baseURL: String, userID: String, accessToken: Secret, client: HTTPClient,
        store: any PostStore, limits: UpstreamLimits = UpstreamLimits(),
        now: @escaping @Sendable () -> Int64 = Epoch.now
    ) {
        self.name = name
        self.address = GraphAddress(base: baseURL, userID: userID, token: accessToken)
        self.token = accessToken
        self.upstream = UpstreamClient(client: client, limits: limits, secret: accessToken)
        self.store = store
        self.now = now
    }

    /// The worst figure of the last usage headers.
    public var usage: UsageReport? { state.withLock { $0.usage } }

    /// Fetches a page of at most 50 posts of the last 24 hours (`recent_media`).
    public func page(of hashtag: Hashtag, after cursor: Cursor?) async throws(SourceError) -> PostPage {
        let id = try await hashtagID(of: hashtag)
        let list: GraphList<GraphMedia>
        do {
            list = try await get(address.recentMedia(of: id, limit: Self.pageSize, after: cursor))
        } catch .badParameter(let reason) where cursor != nil {
            // The first page was fine, so it is the cursor: one that has expired, not a defect.
            throw .unusableAnswer("its own cursor is not accepted any more: \(reason)")
        }
        let posts = list.items.compactMap { $0.post(source: name) }
        // A service that names the same page as the next one has no next one.
        let next = list.after.map(Cursor.init).flatMap { $0 == cursor ? nil : $0 }
        return PostPage(posts: posts, next: next, skipped: list.skipped + list.items.count - posts.count)
    }

    /// The id of a hashtag: from memory, from the store, or from the service, which counts the
    /// search against a quota.
    private func hashtagID(of hashtag: Hashtag) async throws(SourceError) -> String {
        if let id = state.withLock({ $0.hashtagIDs[hashtag] }) { return id }
        // A store that fails makes itself heard when the posts are stored; here it costs a search.
        if let id = try? await store.sourceID(of: hashtag, source: name), Self.isID(id) {
            state.withLock { $0.hashtagIDs[hashtag] = id }
            return id
        }
        let found: GraphList<Found> = try await get(address.search(hashtag))
        guard let id = found.items.first?.id else { throw .hashtagUnknown }
        guard Self.isID(id) else { throw .unusableAnswer("the id of the hashtag is not one: '\(token.scrub(id))'") }
        state.withLock { $0.hashtagIDs[hashtag] = id }
        try? await store.setSourceID(id, of: hashtag, source: name)
        return id
    }

    /// One item of the answer to a search.
    private struct Found: Decodable {
        var id: String

        private enum CodingKeys: String, CodingKey { case id }

        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            guard let id = values.text(.id) else {
                throw DecodingError.dataCorruptedError(forKey: .id, in: values, debugDescription: "no id")
            }
            self.id = id
        }
    }

    /// Ids become part of a path, so nothing but digits is one.
    private static func isID(_ text: String) -> Bool {
        (1...50).contains(text.utf8.count) && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    /// What the service told one hashtag about its limit holds for all.
    private func hold(for wait: Duration) {
        state.withLock { $0.usage = UsageReport(percent: UsageReport.exhausted, regain: wait, receivedAt: now()) }
    }

    private func get<Answer: Decodable>(_ address: String) async throws(SourceError) -> Answer {
        if let wait = usage?.wait(at: now()) { throw .rateLimited(retryAfter: wait) }
        let answer = try await upstream.get(address)
        let usage = UsageReport(graph: answer.headers, now: now())
        if let usage { state.withLock { $0.usage = usage } }

        let body = Data(answer.body.readableBytesView)
        let decoder = JSONDecoder()
        let envelope = try? decoder.decode(GraphError.Envelope.self, from: body)
        let refusal = envelope?.error.sourceError(
            statusError: answer.statusError, regain: usage?.regain ?? answer.retryAfter, secret: token
        )
        if let error = refusal ?? answer.statusError {
            if case .rateLimited(let wait?) = error { hold(for: wait) }
            throw error
        }
        do {
            return try decoder.decode(Answer.self, from: body)
        } catch {
            throw .unusableAnswer("it is not the JSON that is documented (\(body.count) bytes)")
        }
    }
}
