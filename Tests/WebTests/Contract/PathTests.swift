import HTTPTypes
import Testing

@testable import Web

@Suite struct PathTests {
    @Test(
        "Decodes a path exactly once",
        arguments: [
            ("/%73tatus", Body.ok), ("/latest%2F0", Body.picture(0)), ("/latest/%30", Body.picture(0)),
            ("/latest/%2530", Body.outOfRange), ("/latest/%253", Body.outOfRange),
            ("/tags/%67olang/latest", Body.picture(0)), ("/tags/%23golang/latest", Body.picture(0)),
            ("/tags/%EF%BC%87olang/latest", Body.notFound), ("/status%3Fa=b", Body.notFound),
            ("/%2573tatus", Body.notFound), ("/latest%3F", Body.notFound),
        ]
    )
    func decoding(_ path: String, _ body: String) async throws {
        let response = try await withSite { try await $0.get(path) }
        #expect(response.text == body)
    }

    @Test(
        "Refuses paths that can be read in two ways",
        arguments: [
            "//", "//status", "/status/", "/latest//0", "/./status", "/latest/../status", "/latest/%2e%2E/status",
            "/latest%2F%2F0", "/%2Fstatus", "/status%00", "/%00", "/status%", "/status%2", "/status%zz", "/%ff",
            "/%c0%af", "/latest/%", "/.", "/..", "status", "", "*",
        ]
    )
    func ambiguity(_ path: String) async throws {
        #expect(RequestPath(path) == nil)
        guard path.hasPrefix("/") else { return }
        let response = try await withSite { try await $0.get(path) }
        #expect(response.status == .notFound)
        #expect(response.text == Body.notFound)
    }

    @Test(
        "Has one spelling for each path",
        arguments: [("/", "/"), ("/a%20b/%63", "/a%20b/c"), ("/%25/ü", "/%25/%C3%BC")])
    func canonical(_ path: String, _ spelling: String) throws {
        #expect(try #require(RequestPath(path)).canonical == spelling)
    }

    @Test("Percent-encoding goes there and back", arguments: ["", "go", "a/b?c=d&e", "%41", "москва", "🐹", "+ +"])
    func roundTrip(_ text: String) {
        #expect(text.percentEncoded.validPercentDecoded() == text)
    }

    @Test("The query of a form is read as forms write it")
    func query() {
        let query = QueryParameters("a=1+2%2B3&a=9&b&=x&%63=%zz&d=e=f")
        #expect(query["a"] == "1 2+3")
        #expect(query["b"] == "")
        #expect(query["c"] == "%zz")
        #expect(query["d"] == "e=f")
        #expect(query["e"] == nil)
        #expect(QueryParameters(nil)["a"] == nil)
    }
}
