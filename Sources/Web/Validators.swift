import Hummingbird
import Posts
import Synchronization

/// What tells two versions of a representation apart (RFC 9110, section 8.8).
struct Validators: Sendable {
    var tag: EntityTag
    /// Seconds since 1970-01-01T00:00:00Z, where the representation has such a time.
    var lastModified: Int64?

    /// Whether the reader has this version already, so that 304 is the answer (RFC 9110, section 13.2.2).
    func areCurrent(for headers: HTTPFields) -> Bool {
        if let names = headers[.ifNoneMatch] { return tag.form(in: names) != nil }
        guard let lastModified, let since = headers[.ifModifiedSince].flatMap(HTTPDate.parse) else {
            return false
        }
        return lastModified <= since
    }

    /// Writes the fields. A 304 repeats the tag in the form in which the reader named it: who got a compressed response
    /// has a weak one.
    func write(to headers: inout HTTPFields, for request: HTTPFields) {
        headers[.eTag] = request[.ifNoneMatch].flatMap(tag.form) ?? tag.description
        // A date that is still to come would be no date of a change (RFC 9110, section 8.8.2.1). See ``LastChange``.
        if let lastModified { headers[.lastModified] = HTTPDate.format(min(lastModified, Epoch.now())) }
    }
}

/// A strong entity tag (RFC 9110, section 8.8.3): 64 bits of FNV-1a over what it stands for, the
/// same in every process.
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

    /// As it is written in a header field.
    var description: String { "\"\(digits)\"" }

    /// Whether an `If-None-Match` names it, by the weak comparison that the field asks for
    /// (RFC 9110, section 13.1.2): a proxy that compresses turns a strong tag into a weak one.
    ///
    /// - Returns: the tag as the field writes it, weak or strong; nil when it does not name it.
    func form(in ifNoneMatch: String) -> String? {
        let own = description
        // By scalars: as a character, a comma could be one with what follows it.
        for element in ifNoneMatch.unicodeScalars.split(separator: ",") {
            let element = Substring(element).trimmingSpaces()
            if element == "*" { return own }
            if (element.hasPrefix("W/") ? element.dropFirst(2) : element) == own { return String(element) }
        }
        return nil
    }
}

/// When a representation changed last, where nothing else tells: it remembers the version that it saw last.
///
/// A date has whole seconds, so two versions of one second could have the same date, and a client with the first of them
/// would get 304 for the second. Therefore each version is dated in the second after it was made, and later than the
/// version before it. ``Validators`` writes the time now while that date is still to come, and compares with the date: a client
/// that asks in the first second gets the version once more, and never another one's 304.
final class LastChange: Sendable {
    private let last = Mutex<(tag: EntityTag, time: Int64)?>(nil)

    /// The date of this version, in seconds since 1970-01-01T00:00:00Z.
    ///
    /// - Parameter now: the time now.
    func time(of tag: EntityTag, now: Int64) -> Int64 {
        last.withLock { last in
            if let last, last.tag == tag { return last.time }
            let time = last.map { Self.next(after: $0.time, now: now) } ?? now
            last = (tag, time)
            return time
        }
    }

    /// The date of a version that was made now and follows one with an earlier date.
    static func next(after earlier: Int64, now: Int64) -> Int64 {
        max(now, earlier).addingReportingOverflow(1).partialValue
    }
}

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
