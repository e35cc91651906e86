/// Posts that can be found by what tells two of them are one.
struct PostIndex: Sendable {
    /// The posts by their ids.
    private(set) var posts: [Post.ID: Post] = [:]
    private var identities: [Post.ID: PostIdentity] = [:]
    private var permalinks: [String: Post.ID] = [:]
    private var pictures: [String: Post.ID] = [:]

    init(_ posts: some Sequence<Post> = []) {
        for post in posts { insert(post) }
    }

    /// Whether the post is in it, with this id or as its ``twin(of:)``.
    func contains(_ post: Post) -> Bool { posts[post.id] != nil || twin(of: post) != nil }

    /// The post in it that is the same as another with a different id.
    func twin(of post: Post) -> Post? { twin(of: post, PostIdentity(of: post)) }

    /// The page of a post names it for good. The picture does so between two sources; within one, where a stand-in
    /// such as "being processed" may have the same address in many posts, the captions must be the same, too.
    func twin(of post: Post, _ identity: PostIdentity) -> Post? {
        if let permalink = identity.permalink, let id = permalinks[permalink], id != post.id { return posts[id] }
        guard let picture = identity.picture, let id = pictures[picture], id != post.id, let twin = posts[id] else {
            return nil
        }
        return id.source != post.id.source || twin.caption == post.caption ? twin : nil
    }

    /// What identifies a post, without working it out anew for one that is in the index as it is.
    func identity(of post: Post) -> PostIdentity {
        guard let identity = identities[post.id], let known = posts[post.id], known.permalink == post.permalink,
            known.media == post.media
        else { return PostIdentity(of: post) }
        return identity
    }

    /// Adds a post, or replaces the one with its id.
    mutating func insert(_ post: Post) { insert(post, identity(of: post)) }

    mutating func insert(_ post: Post, _ identity: PostIdentity) {
        posts[post.id] = post
        identities[post.id] = identity
        if let permalink = identity.permalink, permalinks[permalink] == nil { permalinks[permalink] = post.id }
        if let picture = identity.picture, pictures[picture] == nil { pictures[picture] = post.id }
    }

    /// Those of its posts that were published before a time, in seconds since 1970.
    func published(before time: Int64) -> PostIndex {
        var index = PostIndex()
        for post in posts.values where post.publishedAt < time { index.insert(post, identity(of: post)) }
        return index
    }
}
