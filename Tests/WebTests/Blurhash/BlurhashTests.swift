import Posts
import Testing

@testable import Web

@Suite struct BlurhashTests {
    @Test(arguments: [
        // One colour, written digit by digit: 0xFF0000, 0x000000, 0xFFFFFF and 0x336699 in base 83.
        ("00TI:j", "#ff0000"), ("000000", "#000000"), ("00TSUA", "#ffffff"), ("005?}k", "#336699"),
    ]
    )
    func `Reads the colours of a picture`(_ hash: String, _ colour: String) throws {
        let blurhash = try #require(Blurhash(hash))
        #expect(blurhash.colours(columns: 2, rows: 2) == [colour, colour, colour, colour])
    }

    @Test func `A wave across makes one side lighter than the other, and the rows alike`() throws {
        // Two horizontal components: grey, and the strongest possible wave.
        let colours = try #require(Blurhash("1~Eyb[~q")).colours(columns: 2, rows: 2)
        #expect(colours[0] == colours[2])
        #expect(colours[1] == colours[3])
        #expect(colours[0] > colours[1])
    }

    @Test func `The example of the specification has as many colours as are asked for`() throws {
        let colours = try #require(Blurhash("LEHV6nWB2yk8pyo0adR*.7kCMdnj")).colours(columns: 4, rows: 5)
        #expect(colours.count == 20)
        #expect(Set(colours).count > 10)
        #expect(colours.allSatisfy { $0.count == 7 && $0.hasPrefix("#") })
    }

    @Test(arguments: [
        "", "0", "00000", "0000000", "L0000", "00TI j", "00TI:é", "\"><x>", "000~~~~", "00~~~~", "~00000",
    ]
    )
    func `What is no hash is none`(_ text: String) {
        #expect(Blurhash(text) == nil)
        #expect(Placeholder(media: Media(kind: .image, url: "", blurhash: text)).html == nil)
    }

    @Test func `A placeholder is a drawing without a style of its own`() throws {
        let media = Media(kind: .image, url: "", blurhash: "00TI:j")
        let text = try #require(Placeholder(media: media).html).text
        #expect(text.count(of: ##"<path fill="#ff0000""##) == 20)
        #expect(!text.contains("style"))
        #expect(text.contains(#"aria-hidden="true""#))
    }
}
