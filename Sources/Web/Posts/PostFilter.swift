import Crawler

/// Which posts of a list are wanted. Without any condition, all are.
struct PostFilter: Sendable, Hashable {
    /// The post has a medium of this kind.
    var kind: Media.Kind?
    /// It came from one of these; empty for any.
    var sources: [String] = []
    /// All of these stand in the caption.
    var words: [SearchTerm] = []
    /// None of these stands in the caption.
    var unwanted: [SearchTerm] = []
    /// Each of its pictures and videos has a description.
    var needsAlt = false
    /// Its first picture lies so. One of unknown size lies in no way.
    var orientation: Orientation?

    /// Whether every post fits.
    var isEmpty: Bool { self == PostFilter() }

    /// Whether a post fits.
    ///
    /// - Parameter caption: gives the caption as it is searched; asked only when it matters.
    func admits(_ post: Post, caption: (Post) -> SearchText) -> Bool {
        if let kind, !post.media.contains(where: { $0.kind == kind }) { return false }
        if !sources.isEmpty, !sources.contains(post.id.source) { return false }
        if needsAlt, !post.media.allSatisfy({ $0.alt?.isEmpty == false }) { return false }
        if let orientation, post.picture.flatMap(Orientation.init(of:)) != orientation { return false }
        guard !words.isEmpty || !unwanted.isEmpty else { return true }
        let text = caption(post)
        return words.allSatisfy(text.contains) && !unwanted.contains(where: text.contains)
    }
}
