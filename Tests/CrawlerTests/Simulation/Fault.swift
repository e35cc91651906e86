/// What can be wrong with an upstream service.
enum Fault: String, Sendable, CaseIterable {
    /// No answer within the time that a request has.
    case timeout
    /// The connection breaks off.
    case reset
    /// Each page takes long, and comes.
    case slow
    /// Nothing comes, and the request has no limit of its own.
    case hang
    case serverError
    case unavailable
    case rateLimited
    case rateLimitedWithoutTime
    /// HTTP 403: a permission that is missing, for a while.
    case forbidden
    /// HTTP 401, or the Graph API's error 190: a token that is not accepted, for a while.
    case unauthorized
    /// A redirect, which is not followed.
    case redirect
    /// JSON without its end, or more of it than is read.
    case truncated
    /// Some posts of the page are not what was documented, and are there again later.
    case wrongTypes
    /// A list without posts, for a hashtag that has some.
    case emptyList
    /// The first page comes, the others do not.
    case brokenPaging
    /// A page names itself as the next one.
    case circle
    /// Not in the order of time.
    case shuffled
    /// A post twice on a page.
    case twice
    /// The counts and signatures are others each time.
    case restless

    /// Whether the crawls of a source stop over it, as nothing is said to mend it but a person.
    var stops: Bool { self == .forbidden || self == .unauthorized }
}
