import Crawler
import Hummingbird
import Logging

/// What the routes have in common.
struct Site: Sendable {
    let configuration: WebConfiguration
    let snapshots: SnapshotBox
    let health: @Sendable () -> HealthReport
    let pictures: PictureProxy
    let events: EventBroadcaster
    let logger: Logger
    /// What is counted.
    let metrics: WebMetrics
    /// What readers have to show; nil lets everybody in.
    let accessKey: AccessKey?
    /// What was learned of the pictures that were fetched.
    let facts = PictureFacts()
    /// Answers that were made before.
    let cache = AnswerCache()
    /// Seconds since 1970-01-01T00:00:00Z.
    let now: @Sendable () -> Int64

    /// Writes links that lead in where the request was let in.
    func links(for request: Request) -> OwnLinks { OwnLinks(request, accessKey) }

    /// The refusal while there is nothing to show.
    var nothingYet: Refusal { .unavailable(retryAfter: configuration.retryAfter) }

    /// The configured hashtag of that name.
    ///
    /// - Throws: ``Refusal/notFound`` when it is no hashtag, or not one of ours.
    func hashtag(named name: String, in gallery: Gallery) throws(Refusal) -> Hashtag {
        guard let hashtag = try? Hashtag(name), gallery.hashtags.contains(hashtag) else { throw .notFound }
        return hashtag
    }

    /// The configured hashtags of names that are joined by `+`.
    ///
    /// - Throws: ``Refusal/notFound`` when any is no hashtag, or not one of ours.
    func hashtags(named names: String, in gallery: Gallery) throws(Refusal) -> [Hashtag] {
        var hashtags: [Hashtag] = []
        for name in names.unicodeScalars.split(separator: "+", omittingEmptySubsequences: false) {
            hashtags.append(try hashtag(named: String(name), in: gallery))
        }
        return hashtags
    }
}
