import Crawler

/// The pictures that `/latest` counts, newest first.
struct LatestPictures: Sendable {
    private let pictures: [Picture]
    /// When they changed last, in seconds since 1970.
    private let changedAt: Int64

    /// - Returns: nil when the hashtags have no picture, whatever the conditions are.
    init?(_ query: PostQuery, in snapshot: Snapshot) async {
        let lists = query.hashtags.compactMap(snapshot.list(of:)).filter { !$0.pictures.isEmpty }
        guard let first = lists.first else { return nil }
        changedAt = snapshot.changedAt(query.hashtags)
        pictures =
            query.hashtags.count == 1 && query.filter.isEmpty
            ? first.pictures : await snapshot.posts(for: query).compactMap(Picture.init(of:))
    }

    /// The n-th newest picture, 0 for the newest; nil beyond the last.
    subscript(n: Int) -> Picture? { pictures.indices.contains(n) ? pictures[n] : nil }

    /// The envelope with the address of the n-th newest picture; nil beyond the last.
    func envelope(_ n: Int) -> Representation? {
        self[n].map { .json(Envelope.ok($0.media.url).json, lastModified: changedAt, cache: .live) }
    }
}
