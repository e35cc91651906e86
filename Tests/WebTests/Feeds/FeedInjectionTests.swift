import Foundation
import Posts
import Testing

@testable import Web

@Suite struct FeedInjectionTests {
    /// A post with the words in every text.
    private static func post(_ number: Int, _ words: String) -> Post {
        let media = Media(kind: .image, url: "https://p.example/1.jpg?\(words)", alt: words)
        var post = Sample.post(number, age: Int64(number), caption: words, permalink: "https://p.example/\(words)")
        post.id = Post.ID(source: "s\(words)", value: "\(number)\(words)")
        post.author = Author(name: words, url: "https://p.example/\(words)")
        post.media = [media]
        post.language = words
        return post
    }

    /// The author's name in a feed: the name of the source if no visible characters are left.
    private static func name(_ words: String) -> String {
        let name = Author(name: words).name
        return name.isEmpty ? "s\(words)" : name
    }

    /// A similar post with harmless words.
    private static let plain: Post = {
        var plain = post(0, "x")
        plain.language = nil
        return plain
    }()

    /// The words as a feed contains them: without the characters that XML forbids, and with uniform line ends.
    private static func shown(_ words: String) -> String {
        var shown = String.UnicodeScalarView()
        for scalar in words.unicodeScalars {
            let isDropped =
                scalar.properties.generalCategory == .control && !"\t\n\r".unicodeScalars.contains(scalar)
                || ["\u{FFFE}", "\u{FFFF}"].contains(scalar)
            if !isDropped { shown.append(scalar) }
        }
        return String(shown).replacing("\r\n", with: "\n").replacing("\r", with: "\n")
    }

    private struct Document: Decodable {
        struct Author: Decodable {
            let name: String
            let url: String?
        }
        struct Item: Decodable {
            let id: String
            let url: String
            let title: String
            let content_html: String
            let authors: [Author]
        }
        let items: [Item]
    }

    @Test("Hostile words are harmless in Atom and RSS", arguments: HostileWords.all)
    func xml(_ words: String) async throws {
        let gallery = try Sample.gallery([Self.post(1, words), Self.plain])
        try await withSite(gallery) { client in
            for (format, item, author, content) in [
                ("atom", "feed/entry", "author/name", "content"),
                ("rss", "rss/channel/item", "dc:creator", "description"),
            ] {
                let response = try await client.get("/tags/golang/feed.\(format)")
                #expect(response.status == .ok)
                // A strict parser returns the original words.
                let xml = try ParsedXML(response.text)
                #expect(try xml.texts(item).count == 2)
                #expect(try xml.texts("\(item)/\(author)").last == Self.shown(Self.name(words)))
                let contents = try xml.texts("\(item)/\(content)")
                try expectSameTags(contents[1], contents[0], words)
            }
        }
    }

    @Test("Hostile words are harmless in JSON", arguments: HostileWords.all)
    func json(_ words: String) async throws {
        try await withSite(try Sample.gallery([Self.post(1, words), Self.plain])) { client in
            let text = try await client.get("/tags/golang/feed.json").text
            let feed = try JSONDecoder().decode(Document.self, from: Data(text.utf8))
            #expect(feed.items.last?.authors.first?.name == Self.name(words))
            let isBroken = feed.items.last?.url.utf8.contains { " <>\"\\\n".utf8.contains($0) || $0 > 0x7E }
            #expect(isBroken == false)
            try expectSameTags(feed.items[1].content_html, feed.items[0].content_html, words)
            let list = try await client.get("/tags/golang").text
            for part in ["<", ">", "&", "\0", "\u{2028}"] {
                #expect(!text.contains(part) && !list.contains(part), "\(part)")
            }
        }
    }

    /// Checks that the words add no tags or quotes to the content, except a `<br>` for each line break.
    private func expectSameTags(_ content: String, _ plain: String, _ words: String) throws {
        let breaks = Sample.post(1, caption: words).caption.filter(\.isNewline).count
        #expect(content.count(of: "<br>") == breaks)
        #expect(content.count(of: "<") == plain.count(of: "<") + breaks)
        #expect(content.count(of: ">") == plain.count(of: ">") + breaks)
        #expect(content.count(of: "\"") == plain.count(of: "\""))
    }

    @Test(
        "Links only to the web",
        arguments: ["javascript:alert(1)", "data:text/html,x", " https://x", "//x", "JAVASCRIPT://https://x"])
    func links(_ address: String) async throws {
        var post = Sample.post(3, permalink: address)
        post.author = Author(name: "Ada", url: address)
        try await withSite(try Sample.gallery([post])) { client in
            for path in ["/tags/golang/feed.atom", "/tags/golang/feed.rss", "/tags/golang/feed.json", "/tags/golang"] {
                let text = try await client.get(path).text
                #expect(!text.contains(address), "\(path)")
            }
            let json = try await client.get("/tags/golang/feed.json").text
            #expect(json.contains(#""url":"http://localhost/media/sandbox/3/0""#))
        }
    }

    /// The directory to which `scripts/check-feeds` wants feeds written for other parsers.
    private static let directory = ProcessInfo.processInfo.environment["FEEDS_DIRECTORY"]

    @Test(
        "Writes hostile feeds for other parsers to read", .enabled(if: directory != nil), arguments: FeedFormat.allCases
    )
    func write(_ format: FeedFormat) async throws {
        let posts = HostileWords.all.enumerated().map { Self.post($0 + 1, $1) } + [Sample.post(99, age: 99)]
        let response = try await withSite(try Sample.gallery(posts)) {
            try await $0.get("/tags/golang/\(format.file)?limit=100")
        }
        let file = URL(fileURLWithPath: try #require(Self.directory)).appending(path: "hostile.\(format.rawValue)")
        try Data(response.text.utf8).write(to: file)
    }
}
