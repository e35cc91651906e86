/// What caches may do with an answer: the value of `Cache-Control`.
struct CachePolicy: Sendable, Equatable {
    let directives: String

    /// Lists and pages that move when a crawl finds something.
    static let live = CachePolicy(directives: "public, max-age=5, stale-while-revalidate=30, stale-if-error=86400")
    /// Feeds, which readers ask for again and again: as old as a minute is new enough.
    static let feed = CachePolicy(directives: "public, max-age=60, stale-while-revalidate=300, stale-if-error=86400")
    /// Whatever is the newest picture at the moment.
    static let newestPicture = CachePolicy(
        directives: "public, max-age=10, stale-while-revalidate=60, stale-if-error=86400"
    )
    /// One picture of one post. Not `immutable`: an author may replace a picture later.
    static let picture = CachePolicy(
        directives: "public, max-age=86400, stale-while-revalidate=604800, stale-if-error=604800"
    )
    /// What has a hash of its bytes in its address.
    static let immutable = CachePolicy(directives: "public, max-age=31536000, immutable")
    /// What changes only with a release.
    static let day = CachePolicy(directives: "public, max-age=86400")
    /// To be asked for each time.
    static let revalidate = CachePolicy(directives: "no-cache")
    /// Errors and the state of the service.
    static let never = CachePolicy(directives: "no-store")
}
