import FoundationEssentials
import NIOCore
import NIOPosix
import Posts
import Synchronization

/// Downloads the pictures of posts into a directory, with an index beside them.
///
/// A picture that is there is not asked for again; one that came in part goes on from there. So an export that was
/// broken off, however, is simply started again.
package struct PictureExport: Sendable {
    private let proxy: PictureProxy
    private let directory: String
    private let line: ExportIndex.Line
    private let parallel: Int

    /// - Parameters:
    ///   - directory: where to; made if it is missing.
    ///   - proxy: fetches the pictures, within its limits.
    ///   - line: the line of the index for a post, its hashtag and the names of its files.
    ///   - parallel: how many pictures are fetched at a time, 1 or more.
    package init(to directory: String, proxy: PictureProxy, line: @escaping ExportIndex.Line, parallel: Int = 4) {
        self.line = line
        self.directory = directory
        self.proxy = proxy
        self.parallel = max(1, parallel)
    }

    /// Exports the pictures of posts.
    ///
    /// - Parameters:
    ///   - posts: the posts, the newest first.
    ///   - hashtag: the hashtag that they were found under.
    ///   - progress: is told how far it is, now and then.
    /// - Returns: what was written, and what could not be had.
    /// - Throws: when the directory or the index cannot be written.
    package func run(
        _ posts: [Post], hashtag: Hashtag, progress: @escaping @Sendable (ExportProgress) -> Void = { _ in }
    ) async throws -> ExportReport {
        let directory = try await ExportDirectory(directory)
        let pictures = posts.flatMap { post in
            post.media.indices.compactMap { Picture(of: post, at: $0) }.filter { $0.media.kind == .image }
        }
        let names = try await directory.names()
        let had = Dictionary(
            names.filter { !$0.hasSuffix(".\(ExportDirectory.partEnding)") }.map { (Self.stem(of: $0), $0) }
        ) { first, _ in first }
        let file = PictureFile(directory: directory, proxy: proxy)
        let counter = Counter(ExportProgress(pictures: pictures.count), progress)

        var outcomes = [PictureFile.Outcome?](repeating: nil, count: pictures.count)
        await withTaskGroup(of: (Int, PictureFile.Outcome).self) { group in
            var waiting = pictures.indices.makeIterator()
            func startNext() {
                guard let index = waiting.next() else { return }
                group.addTask {
                    let picture = pictures[index]
                    let stem = ExportName.stem(of: picture)
                    if let name = had[stem] { return (index, .had(name)) }
                    return (index, await file.save(picture.media, as: stem) { counter.add(bytes: $0) })
                }
            }
            for _ in 0..<parallel { startNext() }
            for await (index, outcome) in group {
                outcomes[index] = outcome
                counter.add(done: 1)
                startNext()
            }
        }

        var report = ExportReport()
        var files: [Post.ID: [String]] = [:]
        for (picture, outcome) in zip(pictures, outcomes) {
            switch outcome {
            case .saved(let name):
                report.saved.append(name)
                files[picture.post.id, default: []].append(name)
            case .had(let name):
                report.had += 1
                files[picture.post.id, default: []].append(name)
            case .failed(let reason), .missing(let reason):
                report.failures.append(.init(name: ExportName.stem(of: picture), reason: reason))
            case nil: break
            }
        }
        try await ExportIndex(directory: directory, line: line).write(posts, hashtag: hashtag, files: files)
        return report
    }

    /// The name of a file without its last ending.
    private static func stem(of name: String) -> String {
        name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
    }

    /// Counts what several downloads do.
    private final class Counter: Sendable {
        private let state: Mutex<ExportProgress>
        private let tell: @Sendable (ExportProgress) -> Void

        init(_ start: ExportProgress, _ tell: @escaping @Sendable (ExportProgress) -> Void) {
            state = Mutex(start)
            self.tell = tell
            tell(start)
        }

        func add(done: Int = 0, bytes: Int = 0) {
            let progress = state.withLock { state in
                state.done += done
                state.bytes += bytes
                return state
            }
            tell(progress)
        }
    }
}

/// What an export came to.
package struct ExportReport: Sendable, Equatable {
    /// A picture that could not be had.
    package struct Failure: Sendable, Equatable {
        /// What its file would have been called, without an ending.
        package var name: String
        /// Why: one line for a person.
        package var reason: String
    }

    /// The files that were written, the newest picture first.
    package var saved: [String] = []
    /// How many files were there already.
    package var had = 0
    /// What could not be had, the newest picture first.
    package var failures: [Failure] = []
}

/// How far an export is.
package struct ExportProgress: Sendable, Equatable {
    /// How many pictures there are.
    package var pictures = 0
    /// How many of them are done, well or not.
    package var done = 0
    /// How many bytes came.
    package var bytes = 0
}

/// The directory that pictures are exported to. What it does waits on threads of its own.
struct ExportDirectory: Sendable {
    static let partEnding = "part"

    let path: String
    private let files = NonBlockingFileIO(threadPool: .singleton)

    /// - Throws: when it cannot be made.
    init(_ path: String) async throws {
        self.path = path
        try await files.createDirectory(
            path: path, withIntermediateDirectories: true, mode: 0o777)
    }

    /// The names in it.
    func names() async throws -> [String] { try await files.listDirectory(path: path).map(\.name) }

    /// The size of a file in bytes; 0 when there is none.
    func size(of name: String) async -> Int {
        let size = try? await files.withFileHandle(path: "\(path)/\(name)", mode: .read) { handle in
            try await files.readFileSize(fileHandle: handle)
        }
        return size.map(Int.init) ?? 0
    }

    /// The bytes of a file, at most so many.
    func read(_ name: String, atMost count: Int) async throws -> ByteBuffer {
        try await files.withFileHandle(path: "\(path)/\(name)", mode: .read) { handle in
            try await files.read(
                fileHandle: handle, fromOffset: 0, byteCount: count, allocator: ByteBufferAllocator())
        }
    }

    /// Writes what comes into a file from an offset on; what it held from there on is gone.
    func write(
        _ name: String, from offset: Int,
        _ body: @Sendable (_ write: (ByteBuffer) async throws -> Void) async throws -> Void
    ) async throws {
        try await files.withFileHandle(
            path: "\(path)/\(name)", mode: .write, flags: .allowFileCreation()
        ) { handle in
            try await files.changeFileSize(fileHandle: handle, size: Int64(offset))
            var end = Int64(offset)
            try await body { buffer in
                try await files.write(fileHandle: handle, toOffset: end, buffer: buffer)
                end += Int64(buffer.readableBytes)
            }
        }
    }

    /// Gives a file another name; one that has it is replaced.
    func rename(_ name: String, to other: String) async throws {
        try await files.rename(path: "\(path)/\(name)", newName: "\(path)/\(other)")
    }

    /// Removes a file, if it is there.
    func remove(_ name: String) async { try? await files.remove(path: "\(path)/\(name)") }
}

/// The file that tells which pictures in a directory belong to which post: one post a line, as JSON.
package struct ExportIndex: Sendable {
    /// Makes the line of a post, its newline included. The line is a JSON object with the member `id`.
    package typealias Line = @Sendable (Post, Hashtag, [String]?) -> String

    static let name = "index.jsonl"
    /// The most that is read of an index from before, in bytes: some hundred thousand posts.
    private static let longest = 256 << 20

    let directory: ExportDirectory
    let line: Line

    /// Writes the lines of posts that have files, the newest first, and behind them those of an earlier export for
    /// other posts. The old index stays whole until the new one is.
    func write(_ posts: [Post], hashtag: Hashtag, files: [Post.ID: [String]]) async throws {
        let lines = posts.compactMap { post in
            files[post.id].map { line(post, hashtag, $0) }
        }
        let own = Set(posts.filter { files[$0.id] != nil }.map(\.id.description))
        let text = (lines + earlierLines(but: own, try await read())).joined()
        let part = "\(Self.name).\(ExportDirectory.partEnding)"
        try await directory.write(part, from: 0) { write in try await write(ByteBuffer(string: text)) }
        try await directory.rename(part, to: Self.name)
    }

    /// - Throws: when there is one that cannot be read, or not whole: the lines in it must not get lost.
    private func read() async throws -> String {
        guard try await directory.names().contains(Self.name) else { return "" }
        let bytes = try await directory.read(Self.name, atMost: Self.longest + 1)
        guard bytes.readableBytes <= Self.longest else { throw TooLong() }
        return String(buffer: bytes)
    }

    private struct TooLong: Error, CustomStringConvertible {
        var description: String {
            "\(ExportIndex.name) has more than \(ExportIndex.longest) bytes; allowed are so many: move it elsewhere"
        }
    }

    private func earlierLines(but ids: Set<String>, _ text: String) -> [String] {
        struct Entry: Decodable { var id: String }
        return text.utf8.split(separator: UInt8(ascii: "\n")).compactMap { bytes in
            guard let entry = try? JSONDecoder().decode(Entry.self, from: Data(bytes)), !ids.contains(entry.id) else {
                return nil
            }
            return String(Substring(bytes)) + "\n"
        }
    }
}

/// Names of files that pictures are exported to.
enum ExportName {
    /// What the names of the files of one picture begin with: when it was posted, where, its id and its place in the
    /// post, as in `2026-11-24T091500Z_instagram_123_0`. Letters, digits, `.`, `_` and `-` only.
    static func stem(of picture: Picture) -> String {
        let time = CivilTime(secondsSinceEpoch: picture.post.publishedAt).timestamp.replacing(":", with: "")
        let id = picture.post.id
        return "\(time)_\(safe(id.source))_\(safe(id.value))_\(picture.index)"
    }

    /// The ending of the files of a kind of picture.
    static func ending(of type: ImageType) -> String { type == .jpeg ? "jpg" : type.rawValue }

    /// A text with only such characters as stand for themselves on every file system. One that had others, or is too
    /// long, ends with a number made from all of it, so that two that differ stay different.
    private static func safe(_ text: String) -> String {
        let kept = String(
            decoding: text.utf8.prefix(80).map { byte in isSafe(byte) ? byte : UInt8(ascii: "_") }, as: UTF8.self)
        return kept == text ? text : "\(kept)-\(String(hash(text), radix: 16))"
    }

    private static func isSafe(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// FNV-1a, which is the same everywhere and always.
    private static func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
