import FoundationEssentials
import NIOCore
import NIOPosix
import Posts
import Synchronization

/// Downloads the pictures of posts into a directory, together with an index.
///
/// Existing pictures are not requested again, and partial ones are continued. Therefore an interrupted export can
/// simply be started again.
package struct PictureExport: Sendable {
    private let proxy: PictureProxy
    private let directory: String
    private let line: ExportIndex.Line
    private let parallel: Int

    /// - Parameters:
    ///   - directory: the target directory; created if it is missing.
    ///   - proxy: fetches the pictures, within its limits.
    ///   - line: returns the index line for a post, its hashtag and its file names.
    ///   - parallel: the number of simultaneous fetches, 1 or more.
    package init(to directory: String, proxy: PictureProxy, line: @escaping ExportIndex.Line, parallel: Int = 4) {
        self.line = line
        self.directory = directory
        self.proxy = proxy
        self.parallel = max(1, parallel)
    }

    /// Exports the pictures of posts.
    ///
    /// - Parameters:
    ///   - posts: the posts, newest first.
    ///   - hashtag: the hashtag of the posts.
    ///   - progress: called repeatedly with the progress.
    /// - Returns: the exported files and the failures.
    /// - Throws: an error if the directory or the index cannot be written.
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

    /// The name of a file without its last extension.
    private static func stem(of name: String) -> String {
        name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
    }

    /// Adds up the progress of several downloads.
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

/// The result of an export.
package struct ExportReport: Sendable, Equatable {
    /// A picture that could not be fetched.
    package struct Failure: Sendable, Equatable {
        /// The intended file name, without an extension.
        package var name: String
        /// The reason: one line for the operator.
        package var reason: String
    }

    /// The written files, newest picture first.
    package var saved: [String] = []
    /// The number of files that already existed.
    package var had = 0
    /// The failed pictures, newest first.
    package var failures: [Failure] = []
}

/// The progress of an export.
package struct ExportProgress: Sendable, Equatable {
    /// The total number of pictures.
    package var pictures = 0
    /// The number of finished pictures, including failed ones.
    package var done = 0
    /// The number of received bytes.
    package var bytes = 0
}

/// The target directory of an export. Its I/O blocks only threads of a separate pool.
struct ExportDirectory: Sendable {
    static let partEnding = "part"

    let path: String
    private let files = NonBlockingFileIO(threadPool: .singleton)

    /// - Throws: an error if it cannot be created.
    init(_ path: String) async throws {
        self.path = path
        try await files.createDirectory(
            path: path, withIntermediateDirectories: true, mode: 0o777)
    }

    /// The names of its files.
    func names() async throws -> [String] { try await files.listDirectory(path: path).map(\.name) }

    /// The size of a file in bytes; 0 if it does not exist.
    func size(of name: String) async -> Int {
        let size = try? await files.withFileHandle(path: "\(path)/\(name)", mode: .read) { handle in
            try await files.readFileSize(fileHandle: handle)
        }
        return size.map(Int.init) ?? 0
    }

    /// Returns the first bytes of a file, at most `count`.
    func read(_ name: String, atMost count: Int) async throws -> ByteBuffer {
        try await files.withFileHandle(path: "\(path)/\(name)", mode: .read) { handle in
            try await files.read(
                fileHandle: handle, fromOffset: 0, byteCount: count, allocator: ByteBufferAllocator())
        }
    }

    /// Writes to a file from an offset on, and discards the rest of its earlier content.
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

    /// Renames a file and replaces any file with the new name.
    func rename(_ name: String, to other: String) async throws {
        try await files.rename(path: "\(path)/\(name)", newName: "\(path)/\(other)")
    }

    /// Removes a file, if it exists.
    func remove(_ name: String) async { try? await files.remove(path: "\(path)/\(name)") }
}

/// The file that maps posts to the pictures in a directory: one JSON object per line for each post.
package struct ExportIndex: Sendable {
    /// Returns the line of a post, including its newline. The line is a JSON object with the member `id`.
    package typealias Line = @Sendable (Post, Hashtag, [String]?) -> String

    static let name = "index.jsonl"
    /// The maximum size of an earlier index in bytes; it holds some hundred thousand posts.
    private static let longest = 256 << 20

    let directory: ExportDirectory
    let line: Line

    /// Writes the lines of posts that have files, newest first, followed by the lines of an earlier export for other
    /// posts. The old index is replaced only when the new one is complete.
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

    /// - Throws: an error if an existing index cannot be read completely, because its lines must not be lost.
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

/// The names of exported files.
enum ExportName {
    /// The common start of a picture's file names: its time, source, ID and index in the post, as in
    /// `2026-11-24T091500Z_instagram_123_0`. Contains only letters, digits, `.`, `_` and `-`.
    static func stem(of picture: Picture) -> String {
        let time = CivilTime(secondsSinceEpoch: picture.post.publishedAt).timestamp.replacing(":", with: "")
        let id = picture.post.id
        return "\(time)_\(safe(id.source))_\(safe(id.value))_\(picture.index)"
    }

    /// The file extension of a picture format.
    static func ending(of type: ImageType) -> String { type == .jpeg ? "jpg" : type.rawValue }

    /// Replaces the characters that are not safe on every file system. If that changes or shortens the text, a hash
    /// of the whole text is appended, so that different texts stay different.
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

    /// FNV-1a, whose result is the same on every platform and in every run.
    private static func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
