/// Keeps what the crawler found.
///
/// Posts are keyed by ``Post/ID`` and belong to one or more hashtags. `Storage` holds the
/// implementations.
public protocol PostStore: Sendable {
    /// The posts kept for a hashtag, newest first.
    func posts(of hashtag: Hashtag) async throws -> [Post]

    /// Inserts posts under a hashtag, or updates those that are there.
    ///
    /// - Returns: how many were new or different; 0 means that nothing was written.
    @discardableResult
    func upsert(_ posts: [Post], of hashtag: Hashtag) async throws -> Int

    /// The id that a source gave a hashtag, if it was stored before.
    func sourceID(of hashtag: Hashtag, source: String) async throws -> String?

    /// Stores the id that a source gave a hashtag. Such ids never change.
    func setSourceID(_ id: String, of hashtag: Hashtag, source: String) async throws

    /// A number that is another one after every change of the posts, also a change by another process.
    func revision() async throws -> Int64
}
