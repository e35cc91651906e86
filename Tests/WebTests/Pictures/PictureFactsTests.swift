import Testing

@testable import Pictures
@testable import Web

@Suite struct PictureFactsTests {
    @Test("Remembers the last that was learned of each, and forgets the oldest beyond its limit")
    func bounded() {
        let facts = PictureFacts(limit: 2)
        facts.learn(PictureFact(type: .png, length: 1), of: "/a")
        facts.learn(PictureFact(type: .gif, length: nil), of: "/b")
        facts.learn(PictureFact(type: .jpeg, length: 2), of: "/a")
        #expect(facts["/a"] == PictureFact(type: .jpeg, length: 2))
        facts.learn(PictureFact(type: .webp, length: 3), of: "/c")
        #expect(facts["/a"] == nil)
        #expect(facts["/b"] == PictureFact(type: .gif, length: nil))
        facts.learn(PictureFact(type: .webp, length: 4), of: "/d")
        #expect(facts["/b"] == nil)
        #expect(facts["/c"]?.length == 3)
        #expect(facts["/d"]?.length == 4)
    }

    @Test(
        "The name of a file says what it likely is",
        arguments: [
            ("https://x.example/a.png", .png), ("https://x.example/a.JPG?x=.gif", .jpeg),
            ("https://x.example/a.webp#.png", .webp), ("https://x.example/a", nil), ("https://x.example/a.html", nil),
            ("", nil), ("https://x.example/a.", nil),
        ] as [(String, ImageType?)]
    )
    func name(_ url: String, _ type: ImageType?) {
        #expect(ImageType(addressOf: url) == type)
    }
}
