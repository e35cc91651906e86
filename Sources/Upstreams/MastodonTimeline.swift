import AsyncHTTPClient
import Posts
import Synchronization

/// The hashtag timeline of a Mastodon server, or of a Pixelfed server, which has the same route and differs in details.
///
/// A page costs one request. The access token, if there is one, is in the `Authorization` field of a request and
/// nowhere else.
package final class MastodonTimeline: PostSource {
    /// Further conditions besides the hashtag itself; at most ``mostTags`` in each list.
    package struct Tags: Sendable, Hashable {
        /// How many tags servers accept in a list.
        package static let mostTags = 4

        /// Also posts that have any of these.
        package var any: [Hashtag]
        /// Only posts that have all of these.
        package var all: [Hashtag]
        /// No posts that have any of these.
        package var none: [Hashtag]

        /// Creates lists; tags beyond the limit of each are left out.
        package init(any: [Hashtag] = [], all: [Hashtag] = [], none: [Hashtag] = []) {
            self.any = Array(any.prefix(Self.mostTags))
            self.all = Array(all.prefix(Self.mostTags))
            self.none = Array(none.prefix(Self.mostTags))
        }
    }

    /// The largest number of posts on a page.
    private static let pageSize = 40

    /// The name of the server, such as `mastodon.social`.
    package let name: String

    private let baseURL: String
    private let token: Secret?
    private let tags: Tags
    private let upstream: UpstreamClient
    private let now: @Sendable () -> Int64
    private let lastUsage = Mutex<UsageReport?>(nil)

    /// - Parameters:
    ///   - name: names the source in ids and logs; lower-case ASCII letters, digits, `.`, `-`, `_`.
    ///   - baseURL: the server, such as `https://mastodon.social`.
    ///   - accessToken: for servers that require one.
    ///   - tags: further hashtags; Pixelfed ignores them.
    ///   - client: must have the configuration `upstream(_:)`; lives longer than the source.
    ///   - limits: for each request.
    ///   - now: the time, in whole seconds since 1970.
    package init(
        name: String, baseURL: String, accessToken: Secret? = nil, tags: Tags = Tags(), client: HTTPClient,
        limits: UpstreamLimits = UpstreamLimits(),
        now: @escaping @Sendable () -> Int64 = Epoch.now
    ) {
        self.name = name
        var base = Substring(baseURL)
        while base.last == "/" { base = base.dropLast() }
        self.baseURL = String(base)
        token = accessToken.flatMap { $0.isEmpty ? nil : $0 }
        self.tags = tags
        upstream = UpstreamClient(client: client, limits: limits, secret: accessToken ?? Secret(""))
        self.now = now
    }

    /// The usage by the last rate-limit headers.
    package var usage: UsageReport? { lastUsage.withLock { $0 } }

    /// Fetches a page of at most 40 statuses with media, newest first.
    package func page(of hashtag: Hashtag, after cursor: SourceCursor?) async throws(SourceError) -> SourcePage {
        if let wait = usage?.wait(at: now()) { throw .rateLimited(retryAfter: wait) }
        let fields = token.map { [("Authorization", "Bearer \($0.reveal())")] } ?? []
        let response = try await upstream.get(address(of: hashtag, after: cursor), fields: fields)
        let usage = UsageReport(response.rateLimit(at: now()), now: now())
        if let usage { lastUsage.withLock { $0 = usage } }
        if let error = error(of: response) { throw error }
        let list: LossyList<MastodonStatus> = try UpstreamJSON.decode(body: response.body)
        return SourcePage(list, source: name, now: now(), next: next(response, list.items, cursor))
    }

    private func address(of hashtag: Hashtag, after cursor: SourceCursor?) -> String {
        // Every server reads `1` as true; Laravel, which Pixelfed uses, refuses `true`.
        var query = [("only_media", "1"), ("limit", "\(Self.pageSize)")]
        for (name, list) in [("any[]", tags.any), ("all[]", tags.all), ("none[]", tags.none)] {
            query += list.map { (name, $0.name) }
        }
        if let cursor { query.append(("max_id", cursor.value)) }
        return "\(baseURL)/api/v1/timelines/tag/\(hashtag.name.percentEncoded)?"
            + query.map { "\($0.0)=\($0.1.percentEncoded)" }.joined(separator: "&")
    }

    /// Follows `Link` if the server sends it; otherwise continues after the last usable id.
    private func next(
        _ response: UpstreamResponse, _ statuses: [MastodonStatus], _ cursor: SourceCursor?
    ) -> SourceCursor? {
        let id =
            response.headers.contains(name: "Link")
            ? LinkHeader.next("max_id", in: response.headers["Link"])
            : statuses.lazy.compactMap(\.id).last(where: Self.isID)
        guard let id, Self.isID(id), id != cursor?.value else { return nil }
        return SourceCursor(id)
    }

    private static func isID(_ text: String) -> Bool {
        (1...100).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }

    private func error(of response: UpstreamResponse) -> SourceError? {
        switch response.status {
        case 401, 403, 422:
            return response.isPage ? response.statusError(at: now()) : refusal(response)
        case 404:
            return .unusableResponse("\(name) has no hashtag timeline (HTTP 404): is it a Mastodon or Pixelfed server?")
        case 429:
            let wait = response.retryAfter(at: now())
            if let wait {
                lastUsage.withLock {
                    $0 = UsageReport(percent: UsageReport.exhausted, regain: wait, receivedAt: now())
                }
            }
            return .rateLimited(retryAfter: wait)
        default:
            return response.statusError(at: now())
        }
    }

    /// `{"error":"…"}`.
    private struct Refusal: Decodable {
        var message: String?

        private enum CodingKeys: String, CodingKey { case error, message }

        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            message = values.text(.error) ?? values.text(.message)
        }
    }

    /// Status 422 can mean a missing token or an invalid request; the message tells which.
    private func refusal(_ response: UpstreamResponse) -> SourceError {
        let status = "HTTP \(response.status)"
        let message = (try? UpstreamJSON.decode(Refusal.self, from: response.body))?.message
        if response.status == 422, let message, !Self.isAboutTokens(message) {
            let words = (token ?? Secret("")).scrub(message).excerpt(200)
            return .badParameter("\(name) says: \(words) (\(status))")
        }
        guard token != nil else {
            return .tokenInvalid("\(name) shows hashtags only with a token (\(status)): set MASTODON_ACCESS_TOKEN")
        }
        return response.status == 403
            ? .permissionMissing("\(name) wants a token with the scope read (\(status))")
            : .tokenInvalid("\(name) does not take it (\(status))")
    }

    private static func isAboutTokens(_ message: String) -> Bool {
        let words = message.lowercased()
        return ["token", "authenti", "authori", "log in", "login", "sign in"].contains { words.contains($0) }
    }
}
