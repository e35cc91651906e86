/// The faults of an upstream service.
enum Fault: String, Sendable, CaseIterable {
    /// No response within the time limit of a request.
    case timeout
    /// The connection breaks.
    case reset
    /// Each page takes long but arrives.
    case slow
    /// No response, and the request has no time limit.
    case hang
    case serverError
    case unavailable
    case rateLimited
    case rateLimitedWithoutTime
    /// Status 403: a permission is missing for a while.
    case forbidden
    /// Status 401, or the Graph API's error 190: the token is rejected for a while.
    case unauthorized
    /// A redirect, which the client does not follow.
    case redirect
    /// JSON that is cut off or exceeds the size limit.
    case truncated
    /// Some posts of the page have undocumented types, and appear again later.
    case wrongTypes
    /// An empty list for a hashtag that has posts.
    case emptyList
    /// The first page arrives, the other pages do not.
    case brokenPaging
    /// A page names itself as its next page.
    case circle
    /// Posts out of order.
    case shuffled
    /// A page contains a post twice.
    case twice
    /// Counts and signatures differ each time.
    case restless

    /// Whether a source's crawls stop because only a person can fix the fault.
    var stops: Bool { self == .forbidden || self == .unauthorized }
}
