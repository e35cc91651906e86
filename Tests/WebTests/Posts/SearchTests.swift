import Testing

@testable import Web

@Suite struct SearchTests {
    @Test(
        "Finds whole words, whatever their case and form",
        arguments: [
            ("A cat sat.", "cat", true), ("A CAT", "cat", true), ("a cat", "CAT", true), ("concatenate", "cat", false),
            ("cats", "cat", false), ("#cat!", "cat", true), ("#cat", "#cat", true), ("cat-dog", "cat", true),
            ("cat-dog", "cat-dog", true), ("cat and dog", "cat-dog", false), ("cat_dog", "cat", false),
            ("Straße", "STRASSE", true), ("Ｇｏ", "go", true), ("café", "cafe\u{301}", true), ("cafe", "café", false),
            ("don't", "don’t", true), ("", "cat", false), ("cat", "catcat", false), ("a\0cat\nb", "cat", true),
            ("1:0", "1", true), ("Привет, мир", "МИР", true), ("co\u{AD}operate", "cooperate", true),
        ]
    )
    func words(_ text: String, _ word: String, _ isFound: Bool) throws {
        #expect(SearchText(text).contains(try #require(SearchTerm(word))) == isFound)
    }

    @Test(
        "Finds what is written without spaces anywhere",
        arguments: [
            ("我爱猫咪", "猫", true), ("東京タワー", "タワー", true), ("고양이가", "고양이", true), ("แมวน่ารัก", "แมว", true),
            ("sun🌞🌞", "🌞", true), ("❤️love", "❤", true), ("👍🏽", "👍", true), ("我爱", "猫", false), ("猫cats", "猫cat", false),
        ]
    )
    func spaceless(_ text: String, _ word: String, _ isFound: Bool) throws {
        #expect(SearchText(text).contains(try #require(SearchTerm(word))) == isFound)
    }

    @Test(
        "Finds words that touch symbols",
        arguments: [
            ("sunset🌅", "sunset", true), ("🌅sunset🌅", "sunset", true), ("sunset❤️", "sunset", true),
            ("sunsets🌅", "sunset", false), ("a sunset🌅🌅", "sunset🌅", true), ("sunset🌅", "🌅", true),
            ("12月3日", "3日", true), ("13日", "3日", false), ("新しいiPhone買った", "iphone", true), ("€50", "50", true),
            ("sunset🌅beach", "sunset-beach", false),
        ]
    )
    func besideSymbols(_ text: String, _ word: String, _ isFound: Bool) throws {
        #expect(SearchText(text).contains(try #require(SearchTerm(word))) == isFound)
    }

    @Test("Terms that are written otherwise are not the same, though they find the same")
    func spelling() throws {
        let term = try #require(SearchTerm("cat"))
        #expect(term != SearchTerm("#cat"))
        #expect(term == SearchTerm("CAT"))
    }

    @Test("There is nothing to find in what is no word", arguments: ["", "!", "#", "…", "\u{200D}", "'"])
    func nothing(_ word: String) {
        #expect(SearchTerm(word) == nil)
    }
}
