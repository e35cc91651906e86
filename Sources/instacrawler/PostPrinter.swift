import CLinux
import Glibc
import Posts
import Synchronization
import Web

/// Prints each post once.
final class PostPrinter: Sendable {
    private struct State {
        var printed: Set<Post.ID> = []
        var isFirst = true
    }

    private let settings: Settings
    private let filter: PostSelection.Filter
    private let table: PostTable?
    private let state = Mutex(State())

    init(settings: Settings, filter: PostSelection.Filter, isJSON: Bool) {
        self.settings = settings
        self.filter = filter
        table =
            isJSON
            ? nil
            : PostTable(
                hashtags: settings.hashtags, sources: settings.sources.map(\.name), columns: Terminal.output.columns)
    }

    /// Prints the posts that were not printed before. The first call prints the newest post first, later calls the
    /// oldest.
    func printNews(of gallery: Gallery) {
        state.withLock { state in
            var news: [(post: Post, hashtag: Hashtag)] = []
            var known: Set<Post.ID> = []
            for hashtag in settings.hashtags {
                let all = gallery[hashtag]
                known.formUnion(all.map(\.id))
                let wanted = state.isFirst ? filter.posts(all) : all.filter { $0.publishedAt >= filter.since }
                for post in wanted where state.printed.insert(post.id).inserted { news.append((post, hashtag)) }
            }
            news.sort { Post.newestFirst($0.post, $1.post) }
            if !state.isFirst { news.reverse() }
            var lines = news.map { line($0.post, $0.hashtag) }
            if state.isFirst, let table, !lines.isEmpty { lines.insert(table.head + "\n", at: 0) }
            if !lines.isEmpty { Console.print(lines.joined(), terminator: "") }
            // Posts that the limit left out must not be printed later. Posts that left the gallery need no record.
            state.printed = known
            state.isFirst = false
        }
    }

    private func line(_ post: Post, _ hashtag: Hashtag) -> String {
        table.map { $0.line(post, hashtag) + "\n" } ?? PostLine.json(of: post, hashtag: hashtag)
    }
}

/// Formats posts as lines of a table.
struct PostTable {
    private let showsHashtags: Bool
    private let hashtagWidth: Int
    private let sourceWidth: Int
    private let textWidth: Int

    private static let timeWidth = 16
    /// The width of the text if the output is not a terminal.
    private static let plainTextWidth = 48

    /// - Parameters:
    ///   - hashtags: the hashtags of the posts; with a single hashtag, the table has no column for it.
    ///   - sources: the names of the sources.
    ///   - columns: the width of the terminal; `nil` if the output is not a terminal.
    init(hashtags: [Hashtag], sources: [String], columns: Int?) {
        showsHashtags = hashtags.count > 1
        hashtagWidth = min(20, max(7, hashtags.map { $0.name.columnWidth + 1 }.max() ?? 0))
        sourceWidth = min(24, max(6, sources.map(\.count).max() ?? 0))
        let others = Self.timeWidth + 2 + (showsHashtags ? hashtagWidth + 2 : 0) + sourceWidth + 2
        // Addresses are never cut, because a cut address cannot be opened. Most take about 40 columns.
        textWidth = columns.map { min(80, max(20, $0 - others - 42)) } ?? Self.plainTextWidth
    }

    /// The line with the names of the columns.
    var head: String { line("TIME (UTC)", "HASHTAG", "SOURCE", "POST", "ADDRESS") }

    func line(_ post: Post, _ hashtag: Hashtag) -> String {
        let time = String(ISO8601.text(post.publishedAt).prefix(Self.timeWidth)).replacing("T", with: " ")
        let text = [post.author?.name, post.caption].compactMap { $0?.onOneLine }.filter { !$0.isEmpty }
            .joined(separator: ": ")
        let address = post.permalink ?? post.media.first?.url ?? ""
        return line(time, "#\(hashtag.name)", post.id.source, text, address.onOneLine)
    }

    private func line(
        _ time: String, _ hashtag: String, _ source: String, _ text: String, _ address: String
    ) -> String {
        var cells = [time.fitted(to: Self.timeWidth)]
        if showsHashtags { cells.append(hashtag.fitted(to: hashtagWidth)) }
        cells += [source.fitted(to: sourceWidth), text.fitted(to: textWidth), address]
        return cells.joined(separator: "  ")
    }
}

extension Character {
    /// The number of terminal columns: 2 for East Asian wide characters and emoji, otherwise 1.
    var columnWidth: Int {
        guard let first = unicodeScalars.first else { return 0 }
        let isEmoji = first.properties.isEmojiPresentation || unicodeScalars.contains { $0.value == 0xFE0F }
        return isEmoji || Self.wide.contains { $0.contains(first.value) } ? 2 : 1
    }

    /// The blocks of wide characters (Unicode Standard Annex 11), merged across gaps without assigned characters.
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF,
        0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x20000...0x3FFFD,
    ]
}

extension String {
    /// The number of terminal columns.
    var columnWidth: Int { reduce(0) { $0 + $1.columnWidth } }

    /// Returns the text in exactly `width` columns, cut with `…` or padded with spaces.
    func fitted(to width: Int) -> String {
        let own = columnWidth
        guard own > width else { return self + String(repeating: " ", count: width - own) }
        var (text, taken) = ("", 0)
        for character in self {
            guard taken + character.columnWidth < width else { break }
            text.append(character)
            taken += character.columnWidth
        }
        return text + "…" + String(repeating: " ", count: max(0, width - taken - 1))
    }

    /// The text on one line that is safe to print on a terminal. Each run of spaces and line breaks becomes one space.
    /// Control characters and characters that hide or reorder text are removed.
    var onOneLine: String {
        var line = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            switch scalar.properties.generalCategory {
            case .spaceSeparator, .lineSeparator, .paragraphSeparator:
                if line.last != " ", !line.isEmpty { line.append(" ") }
            case .control:
                if scalar.properties.isWhitespace, line.last != " ", !line.isEmpty { line.append(" ") }
            // Keep the zero-width joiner, which combines several emoji into one.
            case .format where scalar.value != 0x200D: break
            case .surrogate, .privateUse, .unassigned: break
            default: line.append(scalar)
            }
        }
        if line.last == " " { line.removeLast() }
        return String(line)
    }
}

/// A progress line on standard error that is erased at the end. Does nothing if standard error is not a terminal.
final class ProgressLine: Sendable {
    private let columns: Int?
    private let shown = Mutex("")

    init() {
        columns = Terminal.errors.columns
    }

    /// Whether standard error is a terminal.
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

    /// Erases the line.
    func clear() {
        guard isShown else { return }
        shown.withLock { shown in
            guard !shown.isEmpty else { return }
            shown = ""
            Console.printError("\r\u{1B}[K", terminator: "")
        }
    }

    /// Returns a bar like `[#####.....]`.
    static func bar(_ done: Int, of all: Int, width: Int = 30) -> String {
        let filled = all <= 0 ? width : min(max(0, done), all) * width / all
        return "[\(String(repeating: "#", count: filled))\(String(repeating: ".", count: width - filled))]"
    }
}

/// A standard stream of this program, which may be a terminal.
struct Terminal {
    static let output = Terminal(descriptor: STDOUT_FILENO)
    static let errors = Terminal(descriptor: STDERR_FILENO)

    let descriptor: Int32

    /// Whether the stream is a terminal.
    var isInteractive: Bool { isatty(descriptor) == 1 }

    /// The width in columns; `nil` if the stream is not a terminal.
    var columns: Int? {
        guard isInteractive else { return nil }
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }
}
