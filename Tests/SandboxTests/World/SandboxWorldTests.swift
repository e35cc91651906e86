import Testing

@testable import Sandbox

@Suite("The world of posts")
struct SandboxWorldTests {
    private let world = SandboxWorld()
    private let golang: SandboxHashtag

    init() throws {
        golang = try #require(SandboxHashtag(name: "golang"))
    }

    @Test("two worlds have the same posts at the same time")
    func determinism() {
        let posts = world.recent(golang, at: TestClock.start)
        #expect(posts.count == 240)
        #expect(SandboxWorld().recent(golang, at: TestClock.start) == posts)
    }

    @Test("the posts are these, in every process and every release")
    func golden() throws {
        let post = try #require(world.recent(golang, at: TestClock.start).first)
        #expect(post.id == "17945755900488025")
        #expect(post.permalink == "https://www.instagram.com/p/h8CSUcHFp8S/")
        #expect(post.timestamp == "2026-11-24T05:59:57+0000")
    }

    @Test("one new post appears each period, and the oldest leaves", arguments: [0, 1.3, 4.99, 1000])
    func newPosts(offset: Double) {
        let before = Set(world.recent(golang, at: TestClock.start + offset))
        let after = Set(world.recent(golang, at: TestClock.start + offset + 5))
        #expect(after.subtracting(before).map(\.number) == [after.map(\.number).max()])
        #expect(before.subtracting(after).map(\.number) == [before.map(\.number).min()])
    }

    @Test("hashtags do not all get their post at the same moment")
    func phases() {
        let arrivals = ["golang", "swift", "sunset", "art"].compactMap(SandboxHashtag.init(name:)).map { hashtag in
            world.recent(hashtag, at: TestClock.start).map(\.published).max()
        }
        #expect(Set(arrivals).count == arrivals.count)
    }

    @Test("no post is from the future, nor older than the history")
    func times() {
        let times = world.recent(golang, at: TestClock.start).map(\.published)
        #expect(times.allSatisfy { $0 <= TestClock.start && $0 > TestClock.start - 241 * 5 })
    }

    @Test("some neighbours have changed places in the list, and no others")
    func order() {
        let numbers = world.recent(golang, at: TestClock.start).map(\.number)
        let sorted = numbers.sorted(by: >)
        let moved = zip(numbers, sorted).filter(!=)
        #expect((10...120).contains(moved.count))
        #expect(moved.allSatisfy { abs($0 - $1) == 1 })
        #expect(Set(numbers).count == numbers.count)
    }

    @Test("ids are unique, and permalinks have 11 characters")
    func identity() throws {
        let world = SandboxWorld(historyCount: 5000)
        let posts = world.recent(golang, at: TestClock.start)
        #expect(Set(posts.map(\.id)).count == 5000)
        #expect(posts.allSatisfy { MediaID($0.id) != nil })
        let pattern = try Regex("https://www\\.instagram\\.com/p/[A-Za-z0-9_-]{11}/")
        #expect(try posts.allSatisfy { try pattern.wholeMatch(in: $0.permalink) != nil })
    }

    @Test("without its name a hashtag has the same posts, whose captions lack the hashtag alone")
    func nameless() throws {
        let nameless = try #require(SandboxHashtag(id: golang.id))
        let pairs = zip(world.recent(golang, at: TestClock.start), world.recent(nameless, at: TestClock.start))
        for (named, other) in pairs {
            #expect(named.id == other.id)
            #expect(named.content == other.content)
            #expect(named.caption.contains("#golang"))
            #expect(!other.caption.contains("#golang"))
            let words = named.caption.split(whereSeparator: \.isWhitespace).filter { $0 != "#golang" }
            #expect(words == other.caption.split(whereSeparator: \.isWhitespace))
        }
    }

    @Test("there are pictures, albums, videos and withheld addresses, in that order")
    func kinds() {
        let posts = SandboxWorld(historyCount: 2000).recent(golang, at: TestClock.start)
        let albums = posts.filter { !$0.children.isEmpty }
        let videos = posts.filter { $0.medium?.kind == .video }
        let withheld = posts.filter { $0.content == .withheld }
        #expect(posts.count - albums.count - videos.count - withheld.count > 1400)
        #expect(albums.count > videos.count && videos.count > withheld.count && withheld.count > 10)
        #expect(albums.allSatisfy { (2...4).contains($0.children.count) })
        #expect(albums.contains { $0.children[0].kind == .video })
        #expect(albums.allSatisfy { $0.children.contains { $0.kind == .image } })
        #expect(posts.contains { $0.likeCount == nil })
    }

    @Test(
        "captions need escaping, and come in many scripts",
        arguments: ["&", "<", "\"", "🏽", "ا", "א", "।", "。", "습|점|물|길|산|해"])
    func captions(part: String) {
        let captions = SandboxWorld(historyCount: 2000).recent(golang, at: TestClock.start).map(\.caption)
        let parts = part.split(separator: "|")
        #expect(captions.contains { caption in parts.contains { caption.unicodeScalars.contains($0.unicodeScalars) } })
        #expect(Set(captions).count > 1900)
    }

    @Test("any time has posts, also that of a broken clock", arguments: [0, -1e9, .infinity, -.infinity, .nan, 1e300])
    func brokenClock(time: Double) {
        #expect(world.recent(golang, at: time).count == 240)
        #expect(world.top(golang, at: time).count == 240)
    }

    @Test("the top posts are the same posts, those with most likes first")
    func top() {
        let top = world.top(golang, at: TestClock.start)
        #expect(Set(top) == Set(world.recent(golang, at: TestClock.start)))
        let likes = top.map { $0.likeCount ?? -1 }
        #expect(likes == likes.sorted(by: >))
    }
}
