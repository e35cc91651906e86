import AsyncHTTPClient
import Posts
import Synchronization

/// Makes requests to the Graph API, and keeps the last usage report.
final class GraphClient: Sendable {
    private let upstream: UpstreamClient
    private let token: Secret
    private let now: @Sendable () -> Int64
    private let lastUsage = Mutex<UsageReport?>(nil)

    /// - Parameter now: the time, in whole seconds since 1970.
    init(client: HTTPClient, limits: UpstreamLimits, token: Secret, now: @escaping @Sendable () -> Int64) {
        upstream = UpstreamClient(client: client, limits: limits, secret: token)
        self.token = token
        self.now = now
    }

    /// The worst figure of the last usage headers.
    var usage: UsageReport? { lastUsage.withLock { $0 } }

    /// Requests an address, unless the service refuses calls now.
    func get<Response: Decodable>(_ address: String) async throws(SourceError) -> Response {
        if let wait = usage?.wait(at: now()) { throw .rateLimited(retryAfter: wait) }
        let response = try await upstream.get(address)
        let usage = UsageReport(graph: { response.headers[$0] }, now: now())
        if let usage { lastUsage.withLock { $0 = usage } }

        let statusError = response.statusError(at: now())
        let envelope: GraphError.Envelope? = try? UpstreamJSON.decode(from: response.body)
        let refusal = envelope?.error.sourceError(
            statusError: statusError, regain: usage?.regain ?? response.retryAfter(at: now()), secret: token
        )
        if let error = refusal ?? statusError {
            if case .rateLimited(let wait?) = error { hold(for: wait) }
            throw error
        }
        return try UpstreamJSON.decode(body: response.body)
    }

    /// A rate limit applies to all hashtags.
    private func hold(for wait: Duration) {
        let report = UsageReport(percent: UsageReport.exhausted, regain: wait, receivedAt: now())
        lastUsage.withLock { $0 = report }
    }
}

/// Builds the addresses of the Graph API.
struct GraphAddress: Sendable {
    /// Includes the version; without a trailing slash.
    private let base: String
    private let userID: String
    private let token: Secret

    init(base: String, userID: String, token: Secret) {
        var base = Substring(base)
        while base.last == "/" { base = base.dropLast() }
        self.base = String(base)
        self.userID = userID
        self.token = token
    }

    /// The address of the id of a hashtag.
    func search(_ hashtag: Hashtag) -> String {
        address("ig_hashtag_search", [("q", hashtag.name)])
    }

    /// The address of a page of posts of a hashtag.
    func media(_ edge: InstagramGraphAPI.Edge, of hashtagID: String, limit: Int, after cursor: String?) -> String {
        var query = [("fields", GraphMedia.fields), ("limit", "\(limit)")]
        if let cursor { query.append(("after", cursor)) }
        return address("\(hashtagID)/\(edge.rawValue)", query)
    }

    /// The address of the name of a hashtag.
    func hashtag(_ id: String) -> String {
        address(id, [("fields", "id,name")])
    }

    /// The address of the hashtags that count against the account's quota, all on one page.
    var recentSearches: String {
        address("\(userID)/recently_searched_hashtags", [("limit", "\(HashtagQuota.limit)")])
    }

    /// The token is in the query and nowhere else.
    private func address(_ path: String, _ query: [(String, String)]) -> String {
        let parameters = [("user_id", userID)] + query + [("access_token", token.reveal())]
        return "\(base)/\(path)?" + parameters.map { "\($0.0)=\($0.1.percentEncoded)" }.joined(separator: "&")
    }
}

/// A position in the lists of a hashtag's posts: the list, the page, and the service's cursor.
///
/// It contains the page number because the service's cursor may be the same on every page and still lead to the next
/// one.
struct GraphPlace: Sendable, Equatable {
    var edge: InstagramGraphAPI.Edge
    /// Counted from 1.
    var page = 1
    /// The cursor of the previous page; `nil` on the first.
    var after: String?

    init(edge: InstagramGraphAPI.Edge, page: Int = 1, after: String? = nil) {
        self.edge = edge
        self.page = page
        self.after = after
    }

    /// Parses ``cursor``; `nil` for anything else.
    init?(_ cursor: SourceCursor) {
        let parts = cursor.value.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let edge = InstagramGraphAPI.Edge(rawValue: String(parts[0])),
            let page = Int(parts[1]), page >= 1
        else { return nil }
        self.init(edge: edge, page: page, after: parts[2].isEmpty ? nil : String(parts[2]))
    }

    var cursor: SourceCursor { SourceCursor("\(edge.rawValue):\(page):\(after ?? "")") }
}
