import Hummingbird
import Posts
import Testing

@testable import Web

@Suite(.timeLimit(.minutes(10))) struct EventStreamTests {
    private static func post(_ number: Int, caption: String = "") -> Post {
        Sample.post(number, age: Int64(1_000 - number), caption: caption)
    }

    /// `#golang` with these posts.
    private static func gallery(_ numbers: [Int], version: UInt64) throws -> Gallery {
        try Sample.gallery(numbers.map { post($0) }, version: version)
    }

    @Test func `A reader learns first where it is, and then of each new post, the oldest first`() async throws {
        let box = GalleryBox(try Self.gallery([1], version: 1))
        try await withBroadcaster(box) { broadcaster, _ in
            let reader = EventReader(broadcaster)
            let greeting = await reader.next()
            #expect(greeting?.data == nil)
            #expect(greeting?.id?.isEmpty == false)
            box.replace(with: try Self.gallery([1, 3, 2], version: 2))
            let first = await reader.next()
            #expect(first?.name == "post")
            #expect(first?.data == String(decoding: Self.post(2).json.encoded.dropLast(), as: UTF8.self))
            #expect(await reader.posts(1) == ["3"])
            box.replace(with: try Self.gallery([1, 2, 3, 4], version: 3))
            #expect(await reader.posts(1) == ["4"])
        }
    }

    @Test func `A post is told once, under the hashtags that it is new for`() async throws {
        let (golang, gopher) = (try Hashtag("golang"), try Hashtag("gopher"))
        @Sendable func gallery(_ posts: [Hashtag: [Int]], _ version: UInt64) -> Gallery {
            Gallery(
                hashtags: [golang, gopher], posts: posts.mapValues { $0.map { Self.post($0) } }, version: version)
        }
        let box = GalleryBox(gallery([golang: [1], gopher: [1]], 1))
        try await withBroadcaster(box) { broadcaster, _ in
            let all = EventReader(broadcaster)
            let both = EventReader(broadcaster, EventSelection(hashtags: [golang, gopher]))
            let one = EventReader(broadcaster, EventSelection(hashtags: [gopher]))
            box.replace(with: gallery([golang: [1, 2], gopher: [1]], 2))
            #expect(await all.posts(1) == ["2"])
            box.replace(with: gallery([golang: [1, 2], gopher: [1, 2]], 3))
            #expect(await one.posts(1) == ["2"])
            box.replace(with: gallery([golang: [1, 2], gopher: [1, 2, 3]], 4))
            #expect(await all.posts(1) == ["3"])
            #expect(await both.posts(2) == ["2", "3"])
            #expect(await one.posts(1) == ["3"])
        }
    }

    @Test func `A reader that comes back misses nothing and hears nothing twice`() async throws {
        let box = GalleryBox(try Self.gallery([1], version: 1))
        try await withBroadcaster(box) { broadcaster, _ in
            let witness = EventReader(broadcaster)
            _ = await witness.next()
            box.replace(with: try Self.gallery([1, 2, 3, 4], version: 2))
            _ = await witness.next()
            let known = try #require(await witness.next()?.id)
            // An old post that is found late comes after newer posts.
            box.replace(with: try Self.gallery([0, 1, 2, 3, 4, 5], version: 3))
            #expect(await witness.posts(3) == ["4", "0", "5"])
            #expect(await EventReader(broadcaster, after: known).posts(3) == ["4", "0", "5"])
        }
    }

    @Test func `A reader comes back to another process: it hears of all posts newer than it knew, once`() async throws {
        let old = GalleryBox(try Self.gallery([1, 2], version: 1))
        let known = MutexBox("")
        try await withBroadcaster(old) { broadcaster, _ in
            let id = await EventReader(broadcaster).next()?.id ?? ""
            known.update { $0 = id }
        }
        // The new process first has nothing, then the stored posts, then new posts.
        let box = GalleryBox(try Self.gallery([], version: 0))
        let id = known.value
        try await withBroadcaster(box) { broadcaster, _ in
            let early = EventReader(broadcaster, after: id)
            _ = await early.next()
            box.replace(with: try Self.gallery([1, 2, 3, 4], version: 1))
            #expect(await early.posts(2) == ["3", "4"])
            let late = EventReader(broadcaster, after: id)
            #expect(await late.next()?.id?.hasPrefix("-.") == true)
            let third = await late.next()
            #expect(third?.data?.contains("sandbox:3") == true)
            // The connection breaks in the middle of the missed posts.
            #expect(await EventReader(broadcaster, after: third?.id).posts(1) == ["4"])
            #expect(await late.posts(1) == ["4"])
            box.replace(with: try Self.gallery([1, 2, 3, 4, 5], version: 2))
            #expect(await late.posts(1) == ["5"])
            #expect(await early.posts(1) == ["5"])
        }
    }

    @Test(arguments: ["", "x", "1.2", "..", "run.-1.", "run.1.x", "run.99.", "é.1."])
    func `An id that nobody gave starts now`(_ id: String) async throws {
        let box = GalleryBox(try Self.gallery([1, 2], version: 1))
        try await withBroadcaster(box) { broadcaster, _ in
            let reader = EventReader(broadcaster, after: id)
            _ = await reader.next()
            box.replace(with: try Self.gallery([1, 2, 3], version: 2))
            #expect(await reader.posts(1) == ["3"])
        }
    }

    @Test func `A reader that falls behind what is kept is sent away, and misses nothing when it comes back`()
        async throws
    {
        let box = GalleryBox(try Self.gallery([0], version: 1))
        try await withBroadcaster(box) { broadcaster, _ in
            let (slow, quick) = (EventReader(broadcaster), EventReader(broadcaster))
            let known = await slow.next()?.id
            let count = EventLog.capacity + 10
            for step in 1...count {
                box.replace(with: try Self.gallery(Array(0...step), version: UInt64(step + 1)))
                #expect(await quick.posts(1) == ["\(step)"])
            }
            #expect(await slow.next() == nil)
            #expect(await EventReader(broadcaster, after: known).posts(count) == (1...count).map(String.init))
        }
    }

    @Test func `A search through what a reader missed keeps nobody waiting`() async throws {
        let box = GalleryBox(try Sample.gallery((1...3).map { Self.post($0, caption: $0 == 2 ? "dog" : "cat🌅") }))
        try await withBroadcaster(box) { broadcaster, _ in
            var filter = PostFilter()
            filter.words = [try #require(SearchTerm("cat"))]
            let known = EventID(mark: PageCursor(after: Self.post(0))).text
            let searched = MutexBox(0)
            // Other tasks use the broadcaster during the search.
            let reader = EventReader(broadcaster, EventSelection(filter: filter), after: known) { post in
                searched.update { $0 += broadcaster.streamCount }
                return SearchText(post.caption)
            }
            // The search stops at the first match.
            #expect(searched.value == 1)
            #expect(await reader.posts(2) == ["1", "3"])
            #expect(searched.value == 3)
            let more = (1...5).map { Self.post($0, caption: $0 == 4 ? "dog" : "cat") }
            box.replace(with: try Sample.gallery(more, version: 2))
            #expect(await reader.posts(1) == ["5"])
        }
    }

    @Test("A stream holds a place and not a copy, and tells of no more than the newest posts that it missed")
    func boundedReplay() async throws {
        let hashtags = [try Hashtag("golang"), try Hashtag("gopher")]
        // The two hashtags share every third post.
        let all = (0..<3_000).map { Self.post($0) }
        let gallery = Gallery(
            hashtags: hashtags,
            posts: [
                hashtags[0]: all.enumerated().filter { $0.offset % 3 != 1 }.map(\.element),
                hashtags[1]: all.enumerated().filter { $0.offset % 3 != 2 }.map(\.element),
            ], version: 1)
        let box = GalleryBox(gallery)
        try await withBroadcaster(box) { broadcaster, _ in
            let known = EventID(mark: PageCursor(after: Self.post(0))).text
            let count = EventLog.replay
            let newest = (3_000 - count..<3_000).map { "\($0)" }
            #expect(await EventReader(broadcaster, after: known).posts(count) == newest)
            let one = EventReader(broadcaster, EventSelection(hashtags: [hashtags[0]]), after: known)
            let ofOne = (0..<3_000).filter { $0 % 3 != 1 }.suffix(count).map { "\($0)" }
            #expect(await one.posts(count) == ofOne)
            // Posts found during the replay follow it, once, at any position in the list.
            let slow = EventReader(broadcaster, after: EventID(mark: PageCursor(after: Self.post(2_997))).text)
            #expect(await slow.posts(1) == ["2998"])
            let quick = EventReader(broadcaster)
            _ = await quick.next()
            let late = Post(
                id: Post.ID(source: "sandbox", value: "late"), publishedAt: all[2_998].publishedAt,
                media: all[0].media)
            box.replace(
                with: Gallery(
                    hashtags: hashtags,
                    posts: [hashtags[0]: gallery[hashtags[0]] + [late], hashtags[1]: gallery[hashtags[1]]],
                    version: 2))
            #expect(await quick.posts(1) == ["late"])
            #expect(await slow.posts(2) == ["2999", "late"])
        }
    }

    @Test func `A quiet stream shows that it is alive`() async throws {
        let box = GalleryBox(try Self.gallery([1], version: 1))
        try await withBroadcaster(box, beat: .milliseconds(150)) { broadcaster, _ in
            let reader = EventReader(broadcaster)
            _ = await reader.next()
            #expect(await reader.next() == EventReader.Event(comment: true))
            #expect(await reader.next() == EventReader.Event(comment: true))
        }
    }

    @Test func `A graceful shutdown ends the streams, and those that come later at once`() async throws {
        let box = GalleryBox(try Self.gallery([1], version: 1))
        try await withBroadcaster(box) { broadcaster, stop in
            let reader = EventReader(broadcaster)
            _ = await reader.next()
            #expect(broadcaster.streamCount == 1)
            await stop()
            #expect(await reader.next() == nil)
            let late = EventReader(broadcaster)
            #expect(await late.next() != nil)
            #expect(await late.next() == nil)
        }
    }

    @Test func `A reader that goes leaves nothing behind`() async throws {
        let box = GalleryBox(try Self.gallery([1], version: 1))
        try await withBroadcaster(box) { broadcaster, _ in
            let task = Task {
                let reader = EventReader(broadcaster)
                while await reader.next() != nil {}
            }
            while broadcaster.streamCount == 0 { await Task.yield() }
            task.cancel()
            await task.value
            #expect(broadcaster.streamCount == 0)
        }
    }

    @Test(
        arguments: [
            "<script>alert(1)</script>", "a\n\nevent: evil\ndata: 1", "]]>", "\"quoted\"", "\u{202E}👩‍🚀 مرحبا",
            "\u{2028}\r\nid: 7", String(repeating: "<", count: 10_000),
        ],
        [EventSelection.View.json, .card]
    )
    func `Hostile words stay within their one line`(_ words: String, _ view: EventSelection.View) async throws {
        let text = String(buffer: PostEvent.encode(Self.post(1, caption: words), view, now: Sample.now))
        #expect(text.hasSuffix("}\n\n"))
        let lines = text.dropLast(2).split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.map { $0.prefix { $0 != ":" } } == ["event", "data"])
        #expect(!text.contains("<"))
        #expect(!text.contains("\r"))
    }
}
