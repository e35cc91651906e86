import Crawler

/// A place in the stream of events: what a reader that comes back sends as `Last-Event-ID`.
///
/// It says twice where the reader was. The sequence is exact, and holds as long as the process that gave it. The mark,
/// the newest post that the reader knew, still says what is newer when another process reads it.
struct EventID: Sendable, Equatable {
    /// Names the process; nil when only the mark counts.
    var run: String?
    /// How many events lay before this place.
    var sequence = 0
    /// The newest post before this place; nil when there was none.
    var mark: PageCursor?

    private static let noRun = "-"

    /// One line of ASCII.
    var text: String {
        "\(run ?? Self.noRun).\(sequence).\(mark.map { PercentEncoding.encode($0.text) } ?? "")"
    }

    init(run: String? = nil, sequence: Int = 0, mark: PageCursor?) {
        self.run = run
        self.sequence = sequence
        self.mark = mark
    }

    /// Reads what ``text`` wrote; nil for anything else.
    init?(_ text: String) {
        let parts = text.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[0].isEmpty, let sequence = DecimalNumber(parts[1])?.value else { return nil }
        if !parts[2].isEmpty {
            guard let mark = PercentEncoding.decode(parts[2]).flatMap({ PageCursor($0) }) else { return nil }
            self.mark = mark
        }
        run = parts[0] == Self.noRun ? nil : String(parts[0])
        self.sequence = sequence
    }
}
