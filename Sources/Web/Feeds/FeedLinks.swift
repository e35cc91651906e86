/// The addresses in a feed, which is read far away from here and therefore needs them whole.
struct FeedLinks: Sendable {
    let origin: RequestOrigin
    /// Carry the key on, where the reader came with one.
    let own: OwnLinks

    /// A whole address of this service.
    ///
    /// - Parameter address: a path, with or without a query.
    func absolute(_ address: String) -> String { own.address(origin.text + address) }
}
