import Testing

@testable import Posts

@Suite struct BoundedTextTests {
    private static let cluster = "a" + String(repeating: "\u{315}\u{327}", count: 150_000)

    @Test("One character without end is cut to 30 marks, quickly, in every text of a post")
    func cluster() {
        let clock = ContinuousClock()
        let duration = clock.measure {
            let post = Post(
                id: .init(source: "s", value: "1"), publishedAt: 1, author: Author(name: Self.cluster),
                caption: Self.cluster,
                media: [Media(kind: .image, url: "https://a.example/1.jpg", alt: Self.cluster)])
            for text in [post.caption, post.author?.name ?? "", post.media.first?.alt ?? ""] {
                #expect(text.unicodeScalars.count == 31)
            }
            #expect(CaseFolding.fold(Self.cluster)?.unicodeScalars.count == 31)
            #expect(throws: HashtagError.self) { try Hashtag(Self.cluster) }
            #expect(HTMLText.plain("<p>\(Self.cluster)</p>").unicodeScalars.count == 31)
        }
        // Sorting 300,000 combining marks takes minutes.
        #expect(duration < .seconds(30))
    }

    @Test(
        "What is kept and what is dropped",
        arguments: [
            ("", ""), ("a\r\nb\rc\nd\te", "a\nb\nc\nd\te"), ("a\u{0}b\u{1B}c\u{7F}d\u{85}e\u{9F}f", "abcdef"),
            ("e\u{301}", "e\u{301}"), ("\u{202E}x", "x"), ("\u{2067}x\u{2069} y", "\u{2067}x\u{2069} y"),
            ("\u{2067}x\u{202B}y\u{2069}", "xy"), ("\u{202B}x\u{202C}", "\u{202B}x\u{202C}"),
            ("👩\u{200D}👩\u{200D}👧\u{FE0F}", "👩\u{200D}👩\u{200D}👧\u{FE0F}"), ("日本語", "日本語"),
        ])
    func kept(_ text: String, _ expected: String) {
        let bounded = text.bounded(scalars: 100, bytes: 400)
        #expect(bounded.unicodeScalars.elementsEqual(expected.unicodeScalars))
        #expect(bounded.bounded(scalars: 100, bytes: 400) == bounded)
    }

    @Test("Joiners and selectors do not let a run of marks begin again")
    func joiners() {
        let text = "a" + String(repeating: "\u{200D}\u{315}\u{FE0F}", count: 1_000)
        #expect(text.bounded(scalars: 5_000, bytes: 20_000).unicodeScalars.count == 31)
    }

    @Test("The limits are scalars and bytes")
    func limits() {
        let text = String(repeating: "日", count: 1_000)
        #expect(text.bounded(scalars: 10, bytes: 1_000).unicodeScalars.count == 10)
        #expect(text.bounded(scalars: 1_000, bytes: 10).utf8.count == 9)
        #expect(text.bounded(scalars: 0, bytes: 10) == "")
    }

    @Test("A name is one line without white space around it")
    func name() {
        #expect(Author(name: " Ann\n the \t Camera ").name == "Ann the Camera")
        #expect(Author(name: " \u{3000}\n").name == "")
    }
}
