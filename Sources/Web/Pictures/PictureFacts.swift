import Synchronization

/// What was learned of pictures when they were last fetched, for feeds, which tell type and length of each.
///
/// Bounded: beyond the limit, what was learned first is forgotten.
final class PictureFacts: Sendable {
    private struct Contents {
        var facts: [String: PictureFact] = [:]
        /// The addresses in the order in which they were first learned, as a ring.
        var order: [String] = []
        var oldest = 0
    }

    private let limit: Int
    private let contents = Mutex(Contents())

    /// - Parameter limit: how many pictures are remembered; at least 1.
    init(limit: Int = 5_000) {
        self.limit = max(1, limit)
    }

    /// What is known of the picture with that address here (``Picture/path``).
    subscript(path: String) -> PictureFact? { contents.withLock { $0.facts[path] } }

    /// Remembers what came.
    func learn(_ fact: PictureFact, of path: String) {
        contents.withLock { contents in
            if contents.facts.updateValue(fact, forKey: path) != nil { return }
            guard contents.order.count == limit else {
                contents.order.append(path)
                return
            }
            contents.facts[contents.order[contents.oldest]] = nil
            contents.order[contents.oldest] = path
            contents.oldest = (contents.oldest + 1) % limit
        }
    }
}
