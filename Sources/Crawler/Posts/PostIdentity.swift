/// What tells that two posts with different ids are one: seen through two sources, or twice through one.
///
/// Servers that are federated hand a post on with the address of its page on the server where it was written; a
/// picture that is the same file is the same picture, however its address is signed.
struct PostIdentity: Sendable, Hashable {
    /// The page of the post, for comparing.
    let permalink: String?
    /// The first picture of the post, or its first video where it has none, for comparing.
    let picture: String?

    init(of post: Post) {
        permalink = CanonicalAddress.permalink(post.permalink)
        picture = (post.picture ?? post.media.first).flatMap { CanonicalAddress.medium($0.url) }
    }
}
