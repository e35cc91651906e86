import Testing

@testable import Sandbox

@Suite("A JSON document")
struct JSONValueTests {
    @Test(
        "is escaped as upstream does",
        arguments: [
            ("a/b", #""a\/b""#), ("\"\\", #""\"\\""#), ("é", #""\u00e9""#), ("😀", #""\ud83d\ude00""#),
            ("<&>\n\u{1}\u{7f}", #""<&>\n\u0001\u007f""#),
        ]
    )
    func strings(text: String, expected: String) {
        #expect(JSONValue.string(text).text == expected)
    }

    @Test("keeps the order of keys, and leaves absent ones out")
    func objects() {
        let value = JSONValue.object(["b": .number(-1), "gone": nil, "a": .array([.string(""), .array([])])])
        #expect(value.text == #"{"b":-1,"a":["",[]]}"#)
    }
}
