import Crawler
import FoundationEssentials
import NIOCore

/// The file that tells which pictures in a directory belong to which post: one post a line, as JSON.
struct ExportIndex: Sendable {
    static let name = "index.jsonl"
    /// The most that is read of an index from before, in bytes: some hundred thousand posts.
    private static let longest = 256 << 20

    let directory: ExportDirectory

    /// Writes the lines of posts that have files, the newest first, and behind them those of an earlier export for
    /// other posts. The old index stays whole until the new one is.
    func write(_ posts: [Post], hashtag: Hashtag, files: [Post.ID: [String]]) async throws {
        let lines = posts.compactMap { post in
            files[post.id].map { PostLine.json(of: post, hashtag: hashtag, files: $0) }
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
        struct Line: Decodable { var id: String }
        return text.utf8.split(separator: UInt8(ascii: "\n")).compactMap { bytes in
            guard let line = try? JSONDecoder().decode(Line.self, from: Data(bytes)), !ids.contains(line.id) else {
                return nil
            }
            return String(Substring(bytes)) + "\n"
        }
    }
}
