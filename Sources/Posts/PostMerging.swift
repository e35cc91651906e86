extension Post {
    /// Fills in missing values from a twin: the same post from another source, or under another id.
    ///
    /// Except the counts: each service counts its own.
    func completed(byTwin twin: Post) -> Post {
        completed(by: twin) { media.count == twin.media.count ? twin.media[$0] : nil }
    }

    /// Fills in missing values from an earlier state of this post, into which a twin may have been merged.
    func completed(byEarlier earlier: Post) -> Post {
        guard self != earlier else { return self }
        var known: [String: Media] = [:]
        for medium in earlier.media { known[medium.identity] = medium }
        return completed(by: earlier) { known[media[$0].identity] }
    }

    private func completed(by other: Post, medium: (Int) -> Media?) -> Post {
        var post = self
        post.permalink = permalink ?? other.permalink
        post.author = author ?? other.author
        post.language = language ?? other.language
        if caption.isEmpty { post.caption = other.caption }
        for index in media.indices {
            guard let known = medium(index), known.kind == media[index].kind else { continue }
            post.media[index].alt = media[index].alt ?? known.alt
            post.media[index].blurhash = media[index].blurhash ?? known.blurhash
            guard media[index].width == nil || media[index].height == nil else { continue }
            post.media[index].width = known.width
            post.media[index].height = known.height
        }
        return post
    }

    /// Whether only volatile values differ from an earlier state: the counts, and the signatures of addresses.
    func isMinorChange(of earlier: Post) -> Bool {
        guard media.count == earlier.media.count else { return false }
        var post = self
        post.likeCount = earlier.likeCount
        post.commentCount = earlier.commentCount
        for index in media.indices where media[index].identity == earlier.media[index].identity {
            post.media[index].url = earlier.media[index].url
        }
        return post == earlier
    }

    /// This post under another id.
    func renamed(_ id: ID) -> Post {
        var post = self
        post.id = id
        return post
    }

    /// Merges twins. Of several, the one in `shown` stays, otherwise the oldest, completed by the others; the result
    /// does not depend on the order of `posts`.
    package static func merged(_ posts: [Post], keeping shown: PostIndex = PostIndex()) -> PostIndex {
        var index = PostIndex()
        let oldestFirst = posts.newestFirst().reversed()
        let (first, rest) = (
            oldestFirst.filter { shown.posts[$0.id] != nil }, oldestFirst.filter { shown.posts[$0.id] == nil }
        )
        for post in first + rest {
            let identity = shown.identity(of: post)
            if let twin = index.twin(of: post, identity) {
                index.insert(twin.completed(byTwin: post))
            } else {
                index.insert(post, identity)
            }
        }
        return index
    }
}

extension Media {
    /// Equal for two addresses of the same medium: the address without volatile parts such as signatures.
    package var identity: String { CanonicalAddress.medium(url) ?? url }
}
