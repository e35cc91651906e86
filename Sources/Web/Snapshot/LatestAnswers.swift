import Crawler
import Hummingbird

/// The pictures of one hashtag, newest first, with the answers of `/latest` encoded beforehand.
struct LatestAnswers: Sendable {
    let pictures: [Picture]
    private let envelopes: [Representation]

    /// - Parameter posts: newest first.
    init(_ posts: [Post]) {
        pictures = posts.compactMap(Picture.init(of:))
        envelopes = pictures.map(Self.envelope)
    }

    /// The envelope of the n-th newest picture, 0 for the newest; `nil` beyond the last.
    subscript(n: Int) -> Representation? { envelopes.indices.contains(n) ? envelopes[n] : nil }

    /// The answer that names a picture.
    static func envelope(_ picture: Picture) -> Representation {
        .json(Envelope.ok(picture.media.url).json, lastModified: picture.post.publishedAt, cache: .live)
    }
}
