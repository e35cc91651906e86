import Hummingbird
import Posts
import Synchronization

/// The validators of a representation, which identify its version (RFC 9110, section 8.8).
struct Validators: Sendable {
    var tag: EntityTag
    /// Seconds since 1970-01-01T00:00:00Z; `nil` if the representation has no modification time.
    var lastModified: Int64?

    /// Whether the client already has this version, so that the response is 304 (RFC 9110, section 13.2.2).
    func areCurrent(for headers: HTTPFields) -> Bool {
        if let names = headers[.ifNoneMatch] { return tag.form(in: names) != nil }
        guard let lastModified, let since = headers[.ifModifiedSince].flatMap(HTTPDate.parse) else {
            return false
        }
        return lastModified <= since
    }

    /// Writes the header fields. The tag has the form in which the client sent it, because a compressed response has a
    /// weak tag.
    func write(to headers: inout HTTPFields, for request: HTTPFields) {
        headers[.eTag] = request[.ifNoneMatch].flatMap(tag.form) ?? tag.description
        // The date must not be in the future (RFC 9110, section 8.8.2.1). See ``LastChange``.
        if let lastModified { headers[.lastModified] = HTTPDate.format(min(lastModified, Epoch.now())) }
    }
}

/// A strong entity tag (RFC 9110, section 8.8.3): the 64-bit FNV-1a hash of some bytes, equal in every process.
struct EntityTag: Sendable, Hashable, CustomStringConvertible {
    private let hash: UInt64

    init(of bytes: some Sequence<UInt8>) {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes {
            hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
        }
        self.hash = hash
    }

    /// Sixteen hexadecimal digits.
    var digits: String {
        let text = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - text.utf8.count) + text
    }

    /// The tag as a header field contains it.
    var description: String { "\"\(digits)\"" }

    /// Finds the tag in an `If-None-Match` field by weak comparison (RFC 9110, section 13.1.2), because a proxy that
    /// compresses makes a strong tag weak.
    ///
    /// - Returns: the tag as the field contains it, weak or strong; `nil` if the field does not contain it.
    func form(in ifNoneMatch: String) -> String? {
        let own = description
        // Split Unicode scalars: a comma and a following mark could be one character.
        for element in ifNoneMatch.unicodeScalars.split(separator: ",") {
            let element = Substring(element).trimmingSpaces()
            if element == "*" { return own }
            if (element.hasPrefix("W/") ? element.dropFirst(2) : element) == own { return String(element) }
        }
        return nil
    }
}

/// Finds out when a representation changed last, if nothing else records it. It remembers the last version.
///
/// Dates have whole seconds. Two versions within one second could have the same date, and a client with the first
/// version would get 304 for the second. Therefore a change is dated to the second after it, and later than the change
/// before it. While this date is in the future, ``Validators`` sends the current time, but compares with the date. A
/// client that asks in the first second then gets the version again later, but never a 304 for another version.
final class LastChange: Sendable {
    private let last = Mutex<(tag: EntityTag, time: Int64)?>(nil)

    /// Returns the date of a version, in seconds since 1970-01-01T00:00:00Z.
    func time(of tag: EntityTag, now: Int64) -> Int64 {
        last.withLock { last in
            if let last, last.tag == tag { return last.time }
            let time = last.map { Self.next(after: $0.time, now: now) } ?? now
            last = (tag, time)
            return time
        }
    }

    /// The date of a version that was created at `now` and follows a version with an earlier date.
    static func next(after earlier: Int64, now: Int64) -> Int64 {
        max(now, earlier).addingReportingOverflow(1).partialValue
    }
}

/// The caching rules of a response: the value of `Cache-Control`.
struct CachePolicy: Sendable, Equatable {
    let directives: String

    /// Lists and pages that change when a crawl finds something.
    static let live = CachePolicy(directives: "public, max-age=5, stale-while-revalidate=30, stale-if-error=86400")
    /// Feeds, which clients poll. An age of one minute is new enough.
    static let feed = CachePolicy(directives: "public, max-age=60, stale-while-revalidate=300, stale-if-error=86400")
    /// The newest picture at the moment.
    static let newestPicture = CachePolicy(
        directives: "public, max-age=10, stale-while-revalidate=60, stale-if-error=86400"
    )
    /// One picture of one post. Not `immutable`, because an author may replace the picture.
    static let picture = CachePolicy(
        directives: "public, max-age=86400, stale-while-revalidate=604800, stale-if-error=604800"
    )
    /// Content with a hash of its bytes in its address.
    static let immutable = CachePolicy(directives: "public, max-age=31536000, immutable")
    /// Content that changes only with a release.
    static let day = CachePolicy(directives: "public, max-age=86400")
    /// Content that clients must revalidate each time.
    static let revalidate = CachePolicy(directives: "no-cache")
    /// Errors and the state of the service.
    static let never = CachePolicy(directives: "no-store")
}
