/// Makes new galleries of what the store holds.
///
/// It is one actor for all hashtags, so that two that are done at the same moment do not lose each
/// other's change.
actor GalleryKeeper {
    private let hashtags: [Hashtag]
    private let store: any PostStore
    private let box: GalleryBox
    /// Reads of the store are numbered as they begin. A later one saw all that an earlier one did,
    /// so an earlier one that comes in after it is out of date.
    private var lastRead = 0
    private var lastShown: [Hashtag: Int] = [:]
    /// The hashtags whose last read failed: what is shown of them may be out of date.
    private var stale: Set<Hashtag> = []

    init(hashtags: [Hashtag], store: any PostStore, box: GalleryBox) {
        self.hashtags = hashtags
        self.store = store
        self.box = box
    }

    /// Shows what the store holds for a hashtag, if that is not what is shown.
    ///
    /// - Parameter hasChanged: whether the store has changed; if not, it is only read when the
    ///   last reading failed.
    /// - Throws: what the store throws; then the gallery stays as it is.
    func refresh(_ hashtag: Hashtag, hasChanged: Bool = true) async throws {
        guard hasChanged || stale.contains(hashtag) else { return }
        lastRead += 1
        let read = lastRead
        let posts: [Post]
        do {
            posts = try await store.posts(of: hashtag)
            stale.remove(hashtag)
        } catch {
            stale.insert(hashtag)
            throw error
        }
        // From here to the end nothing waits, so nothing comes between reading and replacing.
        guard read > lastShown[hashtag, default: 0] else { return }
        lastShown[hashtag] = read
        let old = box.current
        var lists = old.posts.filter { hashtags.contains($0.key) }
        lists[hashtag] = posts
        let new = Gallery(hashtags: hashtags, posts: lists, version: old.version + 1)
        guard new[hashtag] != old[hashtag] || new.hashtags != old.hashtags else { return }
        box.replace(with: new)
    }
}
