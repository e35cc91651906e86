/// Decides whether two posts with different ids are one: seen through two sources, or twice through one.
///
/// Federated servers pass a post on with the address of its page on its home server; the same picture file is the same
/// picture, however its address is signed.
struct PostIdentity: Sendable, Hashable {
    /// A property that two posts can share, as a canonical address.
    enum Key: Sendable, Hashable {
        /// The page of the post.
        case permalink(String)
        /// The first picture of the post, or its first video if there is no picture.
        case picture(String)
    }

    /// The keys of a post, the stronger one first.
    let keys: [Key]

    init(of post: Post) {
        let permalink = CanonicalAddress.permalink(post.permalink)
        let picture = (post.picture ?? post.media.first).flatMap { CanonicalAddress.medium($0.url) }
        keys = [permalink.map(Key.permalink), picture.map(Key.picture)].compactMap(\.self)
    }

    /// Whether two posts that share a key are one, under different ids.
    ///
    /// The page of a post identifies it. A picture does so between two sources; within one, where a placeholder such as
    /// "being processed" may have the same address in many posts, the captions must be equal too.
    static func areTwins(_ post: Post, _ other: Post, sharing key: Key) -> Bool {
        guard post.id != other.id else { return false }
        return switch key {
        case .permalink: true
        case .picture: post.id.source != other.id.source || post.caption == other.caption
        }
    }
}

/// Posts by id and by the keys of their ``PostIdentity``.
package struct PostIndex: Sendable {
    package private(set) var posts: [Post.ID: Post] = [:]
    private var identities: [Post.ID: PostIdentity] = [:]
    private var ids: [PostIdentity.Key: Post.ID] = [:]

    package init(_ posts: some Sequence<Post> = []) {
        for post in posts { insert(post) }
    }

    /// Whether the index has the post, under this id or another.
    package func contains(_ post: Post) -> Bool { posts[post.id] != nil || twin(of: post) != nil }

    /// The same post under a different id.
    func twin(of post: Post) -> Post? { twin(of: post, PostIdentity(of: post)) }

    func twin(of post: Post, _ identity: PostIdentity) -> Post? {
        for key in identity.keys {
            if let other = ids[key].flatMap({ posts[$0] }), PostIdentity.areTwins(post, other, sharing: key) {
                return other
            }
        }
        return nil
    }

    /// The identity of a post; computed only if the post is new or differs.
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
        for key in identity.keys where ids[key] == nil { ids[key] = post.id }
    }

    /// The posts that were published before a time, in seconds since 1970.
    package func published(before time: Int64) -> PostIndex {
        var index = PostIndex()
        for post in posts.values where post.publishedAt < time { index.insert(post, identity(of: post)) }
        return index
    }
}

/// Canonical forms of addresses: two addresses of the same thing become equal. For comparison only, not for requests.
enum CanonicalAddress {
    /// The page of a post, without scheme, `www.`, fragment, trailing slash and tracking parameters.
    ///
    /// - Returns: `nil` if it is not the address of a page below the root, and so identifies no post.
    static func permalink(_ text: String?) -> String? {
        guard let text, let parts = Parts(text) else { return nil }
        var path = parts.path
        while path.last == "/" { path.removeLast() }
        guard !path.isEmpty || !parts.query.isEmpty else { return nil }
        let query = parts.query.isEmpty ? [] : parts.query.split(separator: "&").filter { !isTracking($0) }
        return parts.host + path + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
    }

    /// A picture or video, without scheme, `www.` and fragment. If the path names a file, also without the query, which
    /// then holds a signature, its expiry, a size and so on.
    ///
    /// Instagram's many edge servers count as one host.
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
