import Synchronization

/// Counts the requests of each route, and of each route and hashtag.
final class RequestCounter: Sendable {
    /// Those of further hashtags are counted by route only.
    private static let mostHashtags = 10_000

    private struct State {
        var calls: [SandboxCall: Int] = [:]
        var hashtags: [String: [SandboxCall: Int]] = [:]
    }

    private let state = Mutex(State())

    /// How many requests there were of each route.
    var counts: [SandboxCall: Int] { state.withLock { $0.calls } }

    /// How many requests there were of each route, for each hashtag.
    var hashtagCounts: [String: [SandboxCall: Int]] { state.withLock { $0.hashtags } }

    /// Counts a request.
    func count(_ call: SandboxCall, hashtag: String?) {
        state.withLock { state in
            state.calls[call, default: 0] += 1
            guard let hashtag else { return }
            guard state.hashtags[hashtag] != nil || state.hashtags.count < Self.mostHashtags else { return }
            state.hashtags[hashtag, default: [:]][call, default: 0] += 1
        }
    }

    /// Both as a document: `{"requests":{"graph:recent_media":5},"hashtags":{"golang":{"graph:recent_media":3}}}`.
    var json: JSONValue {
        func object(_ counts: [SandboxCall: Int]) -> JSONValue {
            .object(
                counts.map { JSONValue.Member(key: $0.key.description, value: .number($0.value)) }
                    .sorted { $0.key < $1.key })
        }
        let (calls, hashtags) = state.withLock { ($0.calls, $0.hashtags) }
        let members = hashtags.map { JSONValue.Member(key: $0.key, value: object($0.value)) }
        return .object(["requests": object(calls), "hashtags": .object(members.sorted { $0.key < $1.key })])
    }
}
