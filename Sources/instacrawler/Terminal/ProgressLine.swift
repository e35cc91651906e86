import Synchronization

/// A line on standard error that tells a person how far something is, and is gone afterwards. Where no person looks,
/// there is none.
final class ProgressLine: Sendable {
    private let columns: Int?
    private let shown = Mutex("")

    init() {
        columns = Terminal.errors.columns
    }

    /// Whether anybody sees it.
    var isShown: Bool { columns != nil }

    func show(_ text: String) {
        guard let columns else { return }
        shown.withLock { shown in
            guard text != shown else { return }
            shown = text
            Console.printError(
                "\r\u{1B}[K\(text.columnWidth < columns ? text : text.fitted(to: columns - 1))", terminator: "")
        }
    }

    /// Takes the line away.
    func clear() {
        guard isShown else { return }
        shown.withLock { shown in
            guard !shown.isEmpty else { return }
            shown = ""
            Console.printError("\r\u{1B}[K", terminator: "")
        }
    }

    /// `[#####.....]`, so many of all.
    static func bar(_ done: Int, of all: Int, width: Int = 30) -> String {
        let filled = all <= 0 ? width : min(max(0, done), all) * width / all
        return "[\(String(repeating: "#", count: filled))\(String(repeating: ".", count: width - filled))]"
    }
}
