import Glibc
import NIOCore
import Posts
import Testing

@testable import Pictures
@testable import Web

@Suite(.timeLimit(.minutes(10))) struct PictureExportTests {
    private let golang: Hashtag

    init() throws { golang = try Hashtag("golang") }

    private func proxy(loopback: Bool = true) -> PictureProxy {
        var limits = Upstream.limits
        limits.allowLoopback = loopback
        return PictureProxy(configuration: limits)
    }

    /// Runs a test with a shelf and a directory.
    private func withShelf(
        _ test: @escaping @Sendable (PictureShelf, ExportDirectory) async throws -> Void
    ) async throws {
        let path = "/tmp/instacrawler-export-\(UInt64.random(in: .min ... .max))"
        let directory = try await ExportDirectory(path)
        var failure: (any Error)?
        do { try await PictureShelf.run { try await test($0, directory) } } catch { failure = error }
        for name in try await directory.names() where name != "." && name != ".." { await directory.remove(name) }
        await directory.remove("")
        if let failure { throw failure }
    }

    private func posts(_ shelf: PictureShelf, _ paths: [String]) -> [Post] {
        paths.enumerated().map { index, path in
            Sample.post(index, age: Int64(index), media: [Media(kind: .image, url: "\(shelf.address)/\(path)")])
        }
    }

    private func bytes(_ directory: ExportDirectory, _ name: String) async throws -> [UInt8] {
        Array(try await directory.read(name, atMost: 1 << 24).readableBytesView)
    }

    @Test func `Pictures are named by date, source, id and place, and an index stands beside them`() async throws {
        try await withShelf { shelf, directory in
            var posts = posts(shelf, ["parts/a", "parts/b"])
            posts[1].media += [Sample.video, Media(kind: .image, url: "\(shelf.address)/parts/c")]
            let told = MutexBox<[ExportProgress]>([])
            let report = try await PictureExport(to: directory.path, proxy: proxy(), line: PostLine.json).run(
                posts, hashtag: golang
            ) {
                progress in
                told.update { $0.append(progress) }
            }
            let names = [
                "2025-11-24T045320Z_sandbox_0_0.png", "2025-11-24T045319Z_sandbox_1_0.png",
                "2025-11-24T045319Z_sandbox_1_2.png",
            ]
            #expect(report == ExportReport(saved: names))
            #expect(Set(try await directory.names()).isSuperset(of: names + ["index.jsonl"]))
            for name in names { #expect(try await bytes(directory, name) == PictureShelf.picture) }
            let index = String(decoding: try await bytes(directory, "index.jsonl"), as: UTF8.self).split(
                separator: "\n")
            #expect(index.count == 2)
            #expect(
                index[0].hasPrefix(
                    #"{"tag":"golang","id":"sandbox:0","source":"sandbox","published":"2025-11-24T04:53:20Z""#))
            #expect(index[1].hasSuffix(#""files":["\#(names[1])","\#(names[2])"]}"#))
            #expect(told.value.first == ExportProgress(pictures: 3))
            let size = PictureShelf.picture.count
            #expect(told.value.contains(ExportProgress(pictures: 3, done: 3, bytes: 3 * size)))
        }
    }

    @Test func `What is there is not asked for again, and stays in the index when its post is gone`() async throws {
        try await withShelf { shelf, directory in
            let export = PictureExport(to: directory.path, proxy: proxy(), line: PostLine.json)
            let posts = posts(shelf, ["parts/a", "parts/b"])
            _ = try await export.run([posts[0]], hashtag: golang)
            let asked = shelf.requests.count
            let report = try await export.run([posts[0]], hashtag: golang)
            #expect(report.saved.isEmpty && report.had == 1 && shelf.requests.count == asked)
            _ = try await export.run([posts[1]], hashtag: golang)
            let index = String(decoding: try await bytes(directory, "index.jsonl"), as: UTF8.self).split(
                separator: "\n")
            #expect(index.map { $0.contains("sandbox:1") } == [true, false])
        }
    }

    @Test func `An index that cannot be read is left as it is`() async throws {
        try await withShelf { shelf, directory in
            let index = "\(directory.path)/index.jsonl"
            symlink(directory.path, index)
            let export = PictureExport(to: directory.path, proxy: proxy(), line: PostLine.json)
            await #expect(throws: (any Error).self) {
                try await export.run(posts(shelf, ["parts/a"]), hashtag: golang)
            }
            var status = stat()
            #expect(lstat(index, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
        }
    }

    @Test func `A download that breaks off goes on from there`() async throws {
        try await withShelf { shelf, directory in
            let report = try await PictureExport(to: directory.path, proxy: proxy(), line: PostLine.json)
                .run(posts(shelf, ["breaks/a"]), hashtag: golang)
            let name = try #require(report.saved.first)
            #expect(try await bytes(directory, name) == PictureShelf.picture)
            #expect(shelf.requests.count == 3)
            #expect(shelf.requests.dropFirst().allSatisfy { $0.contains("bytes=") })
        }
    }

    @Test(arguments: [
        ("parts/a", 1_000, "bytes=1000-"), ("whole/a", 1_000, "bytes=1000-"), ("parts/a", 500_000, "bytes=500000-"),
    ])
    func `A part of an earlier export is taken up, or done anew where that is not possible`(
        _ path: String, _ size: Int, _ range: String
    ) async throws {
        try await withShelf { shelf, directory in
            let part = ByteBuffer(
                bytes: PictureShelf.picture.prefix(size) + [UInt8](repeating: 1, count: max(0, size - 200_008)))
            try await directory.write("2025-11-24T045320Z_sandbox_0_0.part", from: 0) { try await $0(part) }
            let report = try await PictureExport(to: directory.path, proxy: proxy(), line: PostLine.json)
                .run(posts(shelf, [path]), hashtag: golang)
            #expect(shelf.requests.first == "/\(path) \(range)")
            let name = try #require(report.saved.first)
            #expect(try await bytes(directory, name) == PictureShelf.picture)
            #expect(!(try await directory.names()).contains { $0.hasSuffix(".part") })
        }
    }

    @Test func `What cannot be had is named with the reason, and the rest is written`() async throws {
        try await withShelf { shelf, directory in
            let report = try await PictureExport(to: directory.path, proxy: proxy(), line: PostLine.json, parallel: 1)
                .run(posts(shelf, ["gone/a", "page/b", "parts/c"]), hashtag: golang)
            #expect(report.saved == ["2025-11-24T045318Z_sandbox_2_0.png"])
            #expect(
                report.failures == [
                    .init(name: "2025-11-24T045320Z_sandbox_0_0", reason: "upstream answered with status 410"),
                    .init(name: "2025-11-24T045319Z_sandbox_1_0", reason: "what came is not a picture"),
                ])
            let index = String(decoding: try await bytes(directory, "index.jsonl"), as: UTF8.self)
            #expect(index.split(separator: "\n").count == 1)
        }
    }

    @Test func `A picture that is not at its first address is taken from the other one`() async throws {
        try await withShelf { shelf, directory in
            var posts = posts(shelf, ["gone/large", "gone/large"])
            posts[0].media[0].fallbackURL = "\(shelf.address)/parts/small"
            posts[1].media[0].fallbackURL = "\(shelf.address)/gone/small"
            let name = "2025-11-24T045320Z_sandbox_0_0"
            try await directory.write("\(name).part", from: 0) { try await $0(ByteBuffer(string: "of the large one")) }
            let report = try await PictureExport(to: directory.path, proxy: proxy(), line: PostLine.json, parallel: 1)
                .run(posts, hashtag: golang)
            #expect(report.saved == ["\(name).png"])
            #expect(try await bytes(directory, "\(name).png") == PictureShelf.picture)
            #expect(report.failures.map(\.reason) == ["upstream answered with status 410"])
            #expect(shelf.requests.contains("/parts/small whole"))
        }
    }

    @Test func `No address of this machine is asked, and no more than the limit is taken`() async throws {
        try await withShelf { shelf, directory in
            let posts = posts(shelf, ["parts/a"])
            let refused = try await PictureExport(
                to: directory.path, proxy: proxy(loopback: false), line: PostLine.json
            )
            .run(posts, hashtag: golang)
            #expect(refused.failures.map(\.reason) == ["127.0.0.1 leads to an address that is not public"])
            #expect(shelf.requests.isEmpty)
            var limits = Upstream.limits
            limits.maximumBytes = 1_000
            let cut = try await PictureExport(
                to: directory.path, proxy: PictureProxy(configuration: limits), line: PostLine.json
            )
            .run(posts, hashtag: golang)
            #expect(cut.failures.map(\.reason) == ["the picture has more than 1000 bytes"])
        }
    }

    @Test func `A directory that cannot be made is an error`() async throws {
        await #expect(throws: (any Error).self) {
            _ = try await PictureExport(to: "/dev/null/x", proxy: proxy(), line: PostLine.json).run([], hashtag: golang)
        }
    }
}
