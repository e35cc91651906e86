import Crawler
import Hummingbird

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
