import Posts
import Testing

@Suite struct HashtagTests {
    @Test(
        "Each way to write a hashtag has one canonical spelling",
        arguments: [
            ("golang", "golang"), ("#golang", "golang"), ("＃golang", "golang"), ("#Ｇｏ", "go"),
            ("ＧＯＬＡＮＧ", "golang"), ("  #GoLang\n", "golang"), ("Straße", "strasse"), ("STRASSE", "strasse"),
            ("ẞ", "ss"), ("ﬁlm", "film"), ("Caf\u{65}\u{301}", "caf\u{E9}"), ("2026goals", "2026goals"),
            ("٢٠٢٦هدف", "٢٠٢٦هدف"), ("日本語", "日本語"), ("ｶﾞﾝﾀﾞﾑ", "ガンダム"), ("二〇二六", "二〇二六"),
            ("한국어", "한국어"), ("\u{1112}\u{1161}\u{11AB}", "한"), ("हिन्दी", "हिन्दी"), ("ภาษาไทย", "ภาษาไทย"),
            ("Ελλάς", "ελλάσ"), ("РОССИЯ", "россия"), ("עברית", "עברית"), ("العربية", "العربية"),
            ("Tiếng_Việt", "tiếng_việt"), ("தமிழ்", "தமிழ்"), ("𐐀𐐁", "𐐨𐐩"), ("_", "_"), ("a_1", "a_1"), ("x²", "x2"),
            ("col·legi", "col·legi"), ("paraŀlel", "paral·lel"), ("ハリー・ポッター", "ハリー・ポッター"),
            ("ﾊﾘｰ･ﾎﾟｯﾀｰ", "ハリー・ポッター"), ("می\u{200C}خواهم", "می\u{200C}خواهم"),
            ("ශ්\u{200D}රී", "ශ්\u{200D}රී"), ("℡", "tel"), ("Ⅳ", "iv"), ("İ", "i̇"),
        ]
    )
    func canonicalSpelling(_ written: String, _ name: String) throws {
        #expect(try Hashtag(written).name.unicodeScalars.elementsEqual(name.unicodeScalars))
        #expect(try Hashtag(written) == Hashtag(name))
    }

    @Test(
        "What is not a hashtag is refused",
        arguments: [
            "", "   ", "#", "＃", "##go", "a b", "# go", "../x", "a/b", "a-b", "a.b", "go!", "c++", "100%", "a&b=c",
            "12345", "٢٠٢٦", "#１２３", "😀", "go🚀", "1️⃣", "☃", "a\u{0}b", "a\nb", "a\u{200B}b", "a\u{202E}b",
            "\u{301}a", "a\u{FE0F}", "\u{3164}", "<script>", "a'b", "\"", "a·", "·b", "a··b", "a·1", "1·2", "a\u{200D}",
            "\u{200C}a", "_·a", "a\u{200D}\u{200D}b", "ﷺ",
        ]
    )
    func refused(_ written: String) {
        #expect(throws: HashtagError.self) { try Hashtag(written) }
    }

    @Test("The error quotes what was refused and says what is allowed")
    func errorsExplain() {
        let errors: [(String, HashtagError)] = [
            ("", .empty("")), ("a b", .character("a b", " ")), ("2026", .digitsOnly("2026")),
            (String(repeating: "x", count: 101), .tooLong(String(repeating: "x", count: 101))),
        ]
        for (written, expected) in errors {
            let error = #expect(throws: HashtagError.self) { try Hashtag(written) }
            #expect(error == expected)
            #expect(error?.description.contains("'\(written)'") == true)
            #expect(error?.description.contains("letters, digits and '_'") == true)
        }
    }

    @Test("The error stays one short line, whatever was refused")
    func errorsAreBounded() {
        for written in ["a\r\nb", "\u{202E}x", String(repeating: "a\n", count: 100_000)] {
            let error = #expect(throws: HashtagError.self) { try Hashtag(written) }
            let text = error?.description ?? ""
            #expect(text.utf8.count < 1_000)
            #expect(!text.unicodeScalars.contains { $0 == "\n" || $0 == "\r" || $0 == "\u{202E}" })
        }
    }

    @Test("100 characters are allowed and 101 are not", arguments: ["x", "日", "\u{1112}\u{1161}\u{11AB}", "𐐨"])
    func length(_ character: String) throws {
        #expect(try Hashtag(String(repeating: character, count: 100)).name.unicodeScalars.count == 100)
        let tooLong = String(repeating: character, count: 101)
        #expect(throws: HashtagError.tooLong(tooLong)) { try Hashtag(tooLong) }
    }

    @Test("A megabyte is refused without much ado")
    func hugeInput() {
        let huge = String(repeating: "ﷺ", count: 350_000)
        #expect(throws: HashtagError.tooLong(huge)) { try Hashtag(huge) }
    }

    @Test("The canonical spelling of every character is canonical itself")
    func idempotent() throws {
        for value in UInt32(0)...0x10FFFF {
            guard let scalar = Unicode.Scalar(value), scalar.properties.changesWhenNFKCCaseFolded else { continue }
            guard let hashtag = try? Hashtag("a\(scalar)") else { continue }
            let again = try Hashtag(hashtag.name)
            #expect(again.name.unicodeScalars.elementsEqual(hashtag.name.unicodeScalars), "\(value)")
        }
    }
}
