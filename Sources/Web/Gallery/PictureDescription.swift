import Crawler

/// The words that stand for a picture where it is not seen.
struct PictureDescription: Sendable {
    /// Long enough for a sentence, short enough to listen to.
    static let captionLength = 120

    let text: String

    /// What the author wrote about the picture, or else the beginning of the caption.
    init(_ picture: Picture) {
        let alt = picture.media.alt?.shortened(to: 1500) ?? ""
        let caption = picture.post.caption.shortened(to: Self.captionLength)
        if !alt.isEmpty {
            text = alt
        } else if !caption.isEmpty {
            text = "Picture posted with: \(caption)"
        } else {
            text = "Picture without a description"
        }
    }
}
