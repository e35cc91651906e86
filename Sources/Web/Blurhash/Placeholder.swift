import Crawler

/// What stands for a picture until it has come: its colours, where the source told them.
///
/// It is a drawing inside the page, so that it is there with the page; the colours are attributes, which need no
/// inline style.
struct Placeholder: Sendable {
    private static let columns = 4
    private static let rows = 5

    let media: Media

    var html: HTML? {
        guard let blurhash = media.blurhash.flatMap({ Blurhash($0) }) else { return nil }
        let colours = blurhash.colours(columns: Self.columns, rows: Self.rows)
        let tiles = colours.enumerated().map { index, colour -> HTML in
            #"<path fill="\#(colour)" d="M\#(index % Self.columns) \#(index / Self.columns)h1v1h-1z"/>"#
        }
        return
            #"<svg class="blur" viewBox="0 0 \#(Self.columns) \#(Self.rows)" preserveAspectRatio="none" aria-hidden="true" focusable="false">\#(tiles)</svg>"#
    }
}
