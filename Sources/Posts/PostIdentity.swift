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

/// Posts that can be found by what tells two of them are one.
package struct PostIndex: Sendable {
    /// The posts by their ids.
    package private(set) var posts: [Post.ID: Post] = [:]
    private var identities: [Post.ID: PostIdentity] = [:]
    private var permalinks: [String: Post.ID] = [:]
    private var pictures: [String: Post.ID] = [:]

    package init(_ posts: some Sequence<Post> = []) {
        for post in posts { insert(post) }
    }

    /// Whether the post is in it, with this id or as its ``twin(of:)``.
    package func contains(_ post: Post) -> Bool { posts[post.id] != nil || twin(of: post) != nil }

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
    package func published(before time: Int64) -> PostIndex {
        var index = PostIndex()
        for post in posts.values where post.publishedAt < time { index.insert(post, identity(of: post)) }
        return index
    }
}

/// Addresses in a form in which two that lead to the same thing are equal.
///
/// The form is for comparing only: nothing is fetched from it.
enum CanonicalAddress {
    /// The page of a post: without scheme, `www.`, fragment, a slash at the end, and what only says where the reader
    /// came from.
    ///
    /// - Returns: nil for what is no address of a page below the root, and so names no post.
    static func permalink(_ text: String?) -> String? {
        guard let text, let parts = Parts(text) else { return nil }
        var path = parts.path
        while path.last == "/" { path.removeLast() }
        guard !path.isEmpty || !parts.query.isEmpty else { return nil }
        let query = parts.query.isEmpty ? [] : parts.query.split(separator: "&").filter { !isTracking($0) }
        return parts.host + path + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
    }

    /// A picture or video: without scheme, `www.`, fragment, and, where the path names a file, without the query,
    /// which then holds the signature and its end, the wanted size and the like.
    ///
    /// Instagram's pictures have one address on each of many edge servers; these count as one.
    static func medium(_ text: String) -> String? {
        guard let parts = Parts(text), parts.path.utf8.count > 1 else { return nil }
        let isOnEdge = [".cdninstagram.com", ".fbcdn.net"].contains { parts.host.hasSuffix($0) }
        let host = isOnEdge ? "cdninstagram.com" : parts.host
        return host + parts.path + (isFile(parts.path) || parts.query.isEmpty ? "" : "?" + parts.query)
    }

    private static func isTracking(_ parameter: Substring) -> Bool {
        parameter.hasPrefix("utm_") || ["igsh", "igshid", "fbclid"].contains(parameter.prefix { $0 != "=" })
    }

    private static func isFile(_ path: Substring) -> Bool {
        guard let dot = path.utf8.lastIndex(of: UInt8(ascii: ".")) else { return false }
        return fileTypes.contains(path[dot...].dropFirst().lowercased())
    }

    private static let fileTypes: Set<String> = [
        "jpg", "jpeg", "png", "gif", "webp", "avif", "heic", "mp4", "mov", "webm",
    ]

    private struct Parts {
        var host: String
        var path: Substring
        var query: Substring

        init?(_ text: String) {
            let bytes = text.utf8
            guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { return nil }
            let scheme = text[..<colon].lowercased()
            guard scheme == "https" || scheme == "http", text[colon...].hasPrefix("://") else { return nil }
            let rest = text[bytes.index(colon, offsetBy: 3)...].prefixBytes { $0 != UInt8(ascii: "#") }
            let authority = rest.prefixBytes { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
            var host = authority.lowercased()
            let port = scheme == "https" ? ":443" : ":80"
            if host.hasSuffix(port) { host.removeLast(port.utf8.count) }
            if host.hasPrefix("www.") { host.removeFirst(4) }
            guard !host.isEmpty else { return nil }
            self.host = host
            path = rest[authority.endIndex...].prefixBytes { $0 != UInt8(ascii: "?") }
            query = rest[path.endIndex...].dropFirst()
        }
    }
}

extension Substring {
    fileprivate func prefixBytes(while isWanted: (UInt8) -> Bool) -> Substring {
        self[..<(utf8.firstIndex { !isWanted($0) } ?? endIndex)]
    }
}
