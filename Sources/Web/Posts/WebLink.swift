/// An address that is safe to follow from a page: `http` or `https`, never `javascript:`.
struct WebLink: Sendable, Equatable {
    let address: String

    /// `nil` for everything else, and for nothing.
    init?(_ address: String?) {
        guard let address else { return nil }
        let scheme = address.prefix(8).lowercased()
        guard scheme.hasPrefix("https://") || scheme.hasPrefix("http://") else { return nil }
        self.address = address
    }
}
