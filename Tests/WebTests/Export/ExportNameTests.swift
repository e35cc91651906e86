import Posts
import Testing

@testable import Pictures
@testable import Web

@Suite struct ExportNameTests {
    private func stem(_ source: String, _ id: String) -> String {
        let post = Post(
            id: Post.ID(source: source, value: id), publishedAt: Sample.now,
            media: [Media(kind: .image, url: "https://cdn.example/1.jpg")])
        return Picture(of: post, at: 0).map(ExportName.stem) ?? ""
    }

    @Test func `A plain id stands in the name as it is`() {
        #expect(stem("mastodon.social", "1234-5.x") == "2025-11-24T045320Z_mastodon.social_1234-5.x_0")
    }

    @Test(arguments: [
        "../../etc/passwd", "a/b", "a\\b", "a_b", "ä", "", "\u{0}", "a\nb", String(repeating: "9", count: 500),
    ])
    func `Whatever the id, the name is a plain one of bounded length, and no other has it`(_ id: String) {
        let name = stem("sandbox", id)
        #expect(name.utf8.count < 200)
        #expect(
            name.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || "._-".utf8.contains(byte)
            })
        #expect(name.hasPrefix("2025-11-24T045320Z_sandbox_"))
        for other in ["a-b", "a.b", "b", "\(id)x", "\(id)/"] { #expect(stem("sandbox", other) != name) }
    }
}
