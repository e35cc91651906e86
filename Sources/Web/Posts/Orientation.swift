import Crawler

/// How a picture lies.
enum Orientation: String, Sendable, CaseIterable {
    case landscape
    case portrait
    case square

    /// - Returns: nil when its size is not known.
    init?(of media: Media) {
        guard let width = media.width, let height = media.height, width > 0, height > 0 else { return nil }
        self = width > height ? .landscape : width < height ? .portrait : .square
    }
}
