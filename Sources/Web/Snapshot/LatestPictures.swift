import Crawler

/// The pictures that `/latest` counts, newest first.
enum LatestPictures: Sendable {
    /// Those of one hashtag: the answers are there.
    case prepared(LatestAnswers)
    /// Those that were picked out for this request.
    case picked([Picture])

    /// - Returns: nil when the hashtags have no picture, whatever the conditions are.
    init?(_ query: PostQuery, in snapshot: Snapshot) {
        let answers = query.hashtags.compactMap(snapshot.latest(of:)).filter { !$0.pictures.isEmpty }
        guard let first = answers.first else { return nil }
        if query.hashtags.count == 1 && query.filter.isEmpty {
            self = .prepared(first)
        } else {
            self = .picked(snapshot.posts(for: query).compactMap(Picture.init(of:)))
        }
    }

    /// The n-th newest picture, 0 for the newest; nil beyond the last.
    func picture(_ n: Int) -> Picture? {
        let pictures =
            switch self {
            case .prepared(let answers): answers.pictures
            case .picked(let pictures): pictures
            }
        return pictures.indices.contains(n) ? pictures[n] : nil
    }

    /// The answer that names it.
    func envelope(_ n: Int) -> Representation? {
        switch self {
        case .prepared(let answers): answers[n]
        case .picked: picture(n).map(LatestAnswers.envelope)
        }
    }
}
