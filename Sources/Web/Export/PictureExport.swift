import Crawler
import NIOCore
import Synchronization

/// Downloads the pictures of posts into a directory, with an index beside them.
///
/// A picture that is there is not asked for again; one that came in part goes on from there. So an export that was
/// broken off, however, is simply started again.
public struct PictureExport: Sendable {
    private let proxy: PictureProxy
    private let directory: String
    private let parallel: Int

    /// - Parameters:
    ///   - directory: where to; made if it is missing.
    ///   - proxy: fetches the pictures, within its limits.
    ///   - parallel: how many pictures are fetched at a time, 1 or more.
    public init(to directory: String, proxy: PictureProxy, parallel: Int = 4) {
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
    public func run(
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
        try await ExportIndex(directory: directory).write(posts, hashtag: hashtag, files: files)
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
