/// Why an item of a source is not a valid post.
package enum PostDefect: String, Error, Sendable, Hashable, CaseIterable {
    /// It is not the documented JSON.
    case unreadable
    /// It has no id, or one that is too long or has control characters.
    case noID
    /// It has no time, or one in an unknown format.
    case noTime
    /// It has no picture or video with a valid address.
    case noMedia
    /// It is dated in the future.
    case future

    /// Follows "12 posts".
    fileprivate var words: String {
        switch self {
        case .unreadable: "that cannot be read"
        case .noID: "without an id"
        case .noTime: "without a timestamp"
        case .noMedia: "without a picture or video"
        case .future: "from the future"
        }
    }
}

extension [PostDefect: Int] {
    /// The numbers in words: `50 posts without a timestamp, 1 post without an id`.
    package var inWords: String {
        PostDefect.allCases.compactMap { defect in
            self[defect].map { "\($0) \($0 == 1 ? "post" : "posts") \(defect.words)" }
        }.joined(separator: ", ")
    }
}

extension Post {
    /// The post without invalid addresses.
    ///
    /// All posts, new and stored, are checked before they are used.
    ///
    /// - Throws: the defect of an invalid post.
    package func checked() throws(PostDefect) -> Post {
        guard id.isUsable else { throw .noID }
        var post = self
        post.permalink = WebAddress.checked(permalink)
        post.author?.url = WebAddress.checked(author?.url)
        post.media = media.compactMap(\.checked)
        guard !post.media.isEmpty else { throw .noMedia }
        return post
    }
}

extension Post.ID {
    fileprivate var isUsable: Bool {
        (1...100).contains(value.utf8.count)
            && value.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
    }
}

extension Media {
    fileprivate var checked: Media? {
        guard WebAddress.checked(url) != nil else { return nil }
        var medium = self
        medium.fallbackURL = WebAddress.checked(fallbackURL)
        return medium
    }
}
