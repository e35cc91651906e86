import Glibc
import Posts
import Storage
import TestSupport

extension Post {
    /// A post whose id, time and texts depend on the number.
    static func sample(_ number: Int, source: String = "instagram", at time: Int64? = nil, caption: String? = nil)
        -> Post
    {
        Post(
            id: ID(source: source, value: "\(number)"), publishedAt: time ?? Int64(1_000_000 + number),
            permalink: "https://example.org/p/\(number)",
            author: number.isMultiple(of: 2) ? Author(name: "Ann \(number)", url: "https://example.org/ann") : nil,
            caption: caption ?? "'Quotes', \"more\", ü 🎈 and \(number)",
            media: [
                Media(
                    kind: .image, url: "https://example.org/\(number).jpg?a=1&b=2",
                    fallbackURL: "https://example.org/s", width: 640, height: 480, alt: "Alt"),
                Media(kind: .video, url: "https://example.org/\(number).mp4", blurhash: "LEHV6nWB2yk8"),
            ],
            language: number.isMultiple(of: 3) ? "en" : nil, isSensitive: number.isMultiple(of: 5),
            likeCount: number, commentCount: nil)
    }
}

extension Hashtag {
    static let golang = sample("golang")
    static let swift = sample("swift")

    private static func sample(_ name: String) -> Hashtag {
        guard let hashtag = try? Hashtag(name) else { preconditionFailure("\(name) is a hashtag") }
        return hashtag
    }
}

/// A temporary directory with a path for a database. It is removed when the object is released.
final class DatabaseDirectory: Sendable {
    private let directory = TemporaryDirectory()

    var path: String { directory.path }

    var database: String { directory["test.sqlite"] }

    /// The names of its files.
    var names: [String] { directory.names }

    /// The names of the databases that were moved aside.
    var damaged: [String] {
        names.filter { $0.contains(".damaged-") && !$0.hasSuffix("-wal") && !$0.hasSuffix("-shm") }
    }

    /// Writes a database of 400 posts under `golang` that opens, but in which some posts cannot be read.
    func writeDamagedDatabase() async throws {
        do {
            let whole = try SQLiteStore(path: database)
            for start in stride(from: 0, to: 400, by: 50) {
                try await whole.upsert((start..<start + 50).map { Post.sample($0) }, of: .golang)
            }
        }
        var bytes = read("test.sqlite")
        // Overwrite every 16th page after the first pages, which contain the schema.
        for page in stride(from: 40, to: bytes.count / 4_096, by: 16) {
            for place in page * 4_096..<(page + 1) * 4_096 { bytes[place] = UInt8(truncatingIfNeeded: place &* 31) }
        }
        write(bytes, to: "test.sqlite")
    }

    func write(_ bytes: [UInt8], to name: String) { directory.write(bytes, to: name) }

    /// Returns the bytes of a file; empty if there is none.
    func read(_ name: String) -> [UInt8] {
        let descriptor = open("\(path)/\(name)", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while case let count = Glibc.read(descriptor, &piece, piece.count), count > 0 { bytes += piece[..<count] }
        return bytes
    }
}
