import Testing

@testable import Sandbox

@Suite("A hashtag")
struct SandboxHashtagTests {
    @Test(
        "has the same id in every sandbox, with or without #, in any case", arguments: ["golang", "#golang", "＃GoLang"])
    func id(name: String) throws {
        let hashtag = try #require(SandboxHashtag(name: name))
        // Written down: clients keep ids for ever, so a release must not change them.
        #expect(hashtag.id == "17843211232046752")
        #expect(hashtag.name == "golang")
    }

    @Test("is found by its id, without its name")
    func byID() throws {
        let golang = try #require(SandboxHashtag(name: "golang"))
        let found = try #require(SandboxHashtag(id: golang.id))
        #expect(found.id == golang.id)
        #expect(found.name == nil)
    }

    @Test("may be of any script", arguments: ["été", "東京", "солнце", "हिन्दी", "غروب", "a_b", "2026a", "_"])
    func scripts(name: String) {
        #expect(SandboxHashtag(name: name)?.name == name)
    }

    @Test(
        "is refused when it is no hashtag",
        arguments: ["", "#", "##a", "two words", "a-b", "2026", "smile😀", "a&b", String(repeating: "a", count: 101)]
    )
    func refused(name: String) {
        #expect(SandboxHashtag(name: name) == nil)
    }

    @Test(
        "has no id but 17 digits that start with 17843",
        arguments: ["", "17841400000000000", "1784300000000000", "178430000000000000", "1784300000000000a"])
    func malformedID(id: String) {
        #expect(SandboxHashtag(id: id) == nil)
    }
}
