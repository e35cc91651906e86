import Crawler
import Logging

/// What the routes have in common.
struct Site: Sendable {
    let configuration: WebConfiguration
    let snapshots: SnapshotBox
    let health: @Sendable () -> HealthReport
    let pictures: PictureProxy
    let logger: Logger
    /// Seconds since 1970-01-01T00:00:00Z.
    let now: @Sendable () -> Int64

    /// The refusal while there is nothing to show.
    var nothingYet: Refusal { .unavailable(retryAfter: configuration.retryAfter) }

    /// The configured hashtag of that name.
    ///
    /// - Throws: ``Refusal/notFound`` when it is no hashtag, or not one of ours.
    func hashtag(named name: String, in gallery: Gallery) throws(Refusal) -> Hashtag {
        guard let hashtag = try? Hashtag(name), gallery.hashtags.contains(hashtag) else { throw .notFound }
        return hashtag
    }
}
