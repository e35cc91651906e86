import Hummingbird

/// Writes links to this service that lead in where the request itself was let in.
///
/// Feed readers and pages inside other people's pages keep no cookie. What they ask for with `?key=` must have the
/// key in its links, or the pictures in it cannot be had.
struct OwnLinks: Sendable {
    private let suffix: String?

    /// - Parameters:
    ///   - request: carries its key on when it came with `?key=`, and only then: who sends a header sends it with
    ///     every request, and an address is easily passed on.
    ///   - key: of the service.
    init(_ request: Request, _ key: AccessKey?) {
        guard let key, let shown = Credentials(request).query, key.matches(shown) else {
            suffix = nil
            return
        }
        suffix = "\(Credentials.parameter)=\(PercentEncoding.encode(key.text))"
    }

    /// Whether links differ from those of other requests. What is made with them must not be kept for others then.
    var carryKey: Bool { suffix != nil }

    /// A link to an address of this service, with or without its origin and a query.
    func address(_ address: String) -> String {
        guard let suffix else { return address }
        return "\(address)\(address.contains("?") ? "&" : "?")\(suffix)"
    }
}
