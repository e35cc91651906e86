import Testing

@testable import Web

@Suite struct AccessKeyTests {
    @Test(
        arguments: [
            "", "1234567", "with space", "tab\tinside", "semi;colon", "quote\"quote", "schlüssel", "line\nbreak",
            String(repeating: "k", count: 257),
        ])
    func `What cannot stand in a Bearer field, or is too short or too long, is no key`(text: String) {
        #expect(AccessKey(text) == nil)
    }

    @Test(arguments: ["12345678", "aZ0-._~+/=", String(repeating: "k", count: 256)])
    func `A key is matched by itself and nothing else`(text: String) throws {
        let key = try #require(AccessKey(text))
        #expect(key.matches(text))
        var last = Array(text.utf8)
        last[last.count - 1] ^= 1
        let others = [
            "", String(text.dropLast()), text + "x", text + "\0", text + text, "x" + text.dropFirst(),
            text.uppercased() + "x",
            String(decoding: last, as: UTF8.self), String(repeating: "k", count: 257),
            String(repeating: "\0", count: 300),
        ]
        for other in others { #expect(!key.matches(other), "\(other)") }
    }

    @Test func `It does not show when it is printed`() throws {
        let key = try #require(AccessKey("correct-horse"))
        var dumped = ""
        dump(key, to: &dumped)
        for text in ["\(key)", String(reflecting: key), dumped, "\(Optional(key) as Any)"] {
            #expect(!text.contains("horse"))
        }
    }
}
