import AsyncHTTPClient
import Synchronization

/// Makes requests to the Graph API, and keeps what it says of the allowance.
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

    /// Asks for an address, unless the service has said that it takes no calls now.
    func get<Answer: Decodable>(_ address: String) async throws(SourceError) -> Answer {
        if let wait = usage?.wait(at: now()) { throw .rateLimited(retryAfter: wait) }
        let answer = try await upstream.get(address)
        let usage = UsageReport(graph: { answer.headers[$0] }, now: now())
        if let usage { lastUsage.withLock { $0 = usage } }

        let statusError = answer.statusError(at: now())
        let envelope: GraphError.Envelope? = try? UpstreamJSON.decode(from: answer.body)
        let refusal = envelope?.error.sourceError(
            statusError: statusError, regain: usage?.regain ?? answer.retryAfter(at: now()), secret: token
        )
        if let error = refusal ?? statusError {
            if case .rateLimited(let wait?) = error { hold(for: wait) }
            throw error
        }
        return try UpstreamJSON.decode(body: answer.body)
    }

    /// What the service told one hashtag about its limit holds for all.
    private func hold(for wait: Duration) {
        let report = UsageReport(percent: UsageReport.exhausted, regain: wait, receivedAt: now())
        lastUsage.withLock { $0 = report }
    }
}
