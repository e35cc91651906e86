import Testing

@testable import Posts
@testable import Upstreams

@Suite struct UpstreamJSONTests {
    private func repaired(_ json: [UInt8]) throws -> String {
        var repair = JSONRepair(bytes: json)
        return String(decoding: try repair.repaired(), as: UTF8.self)
    }

    @Test(
        "What no decoder takes costs one character",
        arguments: [
            (#"{"a":"Don\'t"}"#, #"{"a":"Don't"}"#),
            ("[\"a\tb\nc\rd\u{1}e\"]", #"["a\tb\nc\rd"# + "\u{FFFD}" + #"e"]"#),
            (#"["\ud83d"]"#, "[\"\u{FFFD}\"]"), (#"["\ud83dx"]"#, "[\"\u{FFFD}x\"]"),
            (#"["\ude00\ud83d"]"#, "[\"\u{FFFD}\u{FFFD}\"]"),
            (#"["\ud83d\ud83d\ude00"]"#, "[\"\u{FFFD}\\ud83d\\ude00\"]"), (#"["\ud83d\n"]"#, "[\"\u{FFFD}\\n\"]"),
            (#"["\u12"]"#, "[\"\u{FFFD}12\"]"), (#"["\u"]"#, "[\"\u{FFFD}\"]"), (#"["\x41\v\0"]"#, #"["\u0041v0"]"#),
            ("\u{FEFF}[]", "[]"), (#"{"é":1,"b":"é"}"#, #"{"":1,"b":"é"}"#),
            (#"{"\ud83d": 1,"\'":2}"#, #"{"": 1,"":2}"#),
            (#"["\\'","\"",1.5e3,true,null]"#, #"["\\'","\"",1.5e3,true,null]"#), ("", ""), ("[\"", "[\""),
            ("[\"\\", "[\"\\"),
        ])
    func repairs(_ json: String, _ expected: String) throws {
        #expect(try repaired(Array(json.utf8)) == expected)
    }

    @Test(
        "Bytes that are not UTF-8 become one U+FFFD for each part of a character",
        arguments: [
            ([0xE9], 1), ([0xC3], 1), ([0xE2, 0x82], 1), ([0xF0, 0x9F, 0x98], 1), ([0xC0, 0x80], 2),
            ([0xED, 0xA0, 0x80], 3),
            ([0xF5, 0x80], 2), ([0xFF, 0xFE], 2), ([0x80], 1), ([0xE0, 0x80, 0x80], 3), ([0xF4, 0x90, 0x80, 0x80], 4),
        ] as [([UInt8], Int)])
    func bytes(_ bytes: [UInt8], _ count: Int) throws {
        let json = try repaired(Array("[\"caf".utf8) + bytes + Array("!\"]".utf8))
        #expect(json == "[\"caf" + String(repeating: "\u{FFFD}", count: count) + "!\"]")
    }

    @Test("Long names of members and long numbers cost themselves")
    func long() throws {
        let json = "{\"\(String(repeating: "\\'", count: 500))\":\(String(repeating: "1", count: 200)),\"id\":\"5\"}"
        #expect(try repaired(Array(json.utf8)) == #"{"":null,"id":"5"}"#)
    }

    private struct Anything: Decodable {
        init(from decoder: any Decoder) throws {}
    }

    @Test(
        "8 MiB that would become gigabytes are refused",
        arguments: [
            ("[", "{},", "{}]"), ("", "[", ""), ("", "{\"a\":", ""), ("[", "0,", "0]"), ("[", "\"\",", "0]"),
            ("{", "\"a\":1,", "\"b\":2}"),
            ("[", "[[],[]],", "0]"),
        ])
    func hostile(_ start: String, _ piece: String, _ end: String) {
        let count = 8 * 1_048_576 / piece.utf8.count
        let json = Array((start + String(repeating: piece, count: count) + end).utf8)
        let duration = ContinuousClock().measure {
            #expect(throws: UpstreamJSON.TooLarge.self) { try UpstreamJSON.decode([Anything].self, from: json) }
        }
        #expect(duration < .seconds(30))
    }

    @Test("8 MiB of one text are read in time", arguments: ["\\u0315", "\u{315}", "\\'", "\u{1}", "\\ud83d", "\\"])
    func text(_ piece: String) {
        let json = "[{\"id\":\"\(String(repeating: piece, count: 8 * 1_048_576 / piece.utf8.count))\"}]"
        let duration = ContinuousClock().measure {
            let list = try? UpstreamJSON.decode(LossyList<MastodonStatus>.self, from: Array(json.utf8))
            #expect(list?.items.compactMap { $0.post(source: "m") }.isEmpty != false)
        }
        #expect(duration < .seconds(60))
    }

    @Test("A page as large as a service makes it fits, and of a longer list the first hundred items are read")
    func pages() throws {
        let child =
            #"{"id":"1","media_type":"IMAGE","media_url":"https://c.example/1.jpg","permalink":"https://i.example/"}"#
        let children = Array(repeating: child, count: 50).joined(separator: ",")
        let item =
            #"{"id":"1","media_type":"CAROUSEL_ALBUM","timestamp":"2026-07-01T12:34:56Z","children":{"data":[\#(children)]}}"#
        let page = "{\"data\":[\(Array(repeating: item, count: 50).joined(separator: ","))]}"
        let list: GraphList<GraphMedia> = try UpstreamJSON.decode(from: Array(page.utf8))
        #expect(list.items.count == 50 && list.items.allSatisfy { $0.post(source: "i")?.media.count == 50 })
        let long = try UpstreamJSON.decode(
            LossyList<MastodonStatus>.self, from: Array("[\(String(repeating: "{},", count: 30_000))7]".utf8))
        #expect(long.items.count == 100 && long.skipped == 0)
    }
}
