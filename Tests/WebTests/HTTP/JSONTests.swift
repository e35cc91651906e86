import Testing

@testable import Web

@Suite struct JSONTests {
    @Test(
        "Strings are escaped as Go does",
        arguments: [
            ("", #""""#), ("a/b", #""a/b""#), (#"a"b\c"#, #""a\"b\\c""#), ("<&>", #""\u003c\u0026\u003e""#),
            ("\n\r\t\u{8}\u{C}", #""\n\r\t\b\f""#), ("\0\u{1}\u{1f}\u{7f}", "\"\\u0000\\u0001\\u001f\u{7f}\""),
            ("\u{2028}\u{2029}", #""\u2028\u2029""#), ("é🐹\u{FFFD}'", "\"é🐹\u{FFFD}'\""),
        ]
    )
    func strings(_ text: String, _ encoded: String) {
        #expect(String(decoding: JSON.string(text).encoded, as: UTF8.self) == encoded + "\n")
    }

    @Test("Members keep their order, and those without a value are left out")
    func order() {
        let json = JSON.object([
            "z": .integer(-1), "a": nil, "m": .array([.null, .bool(true), .bool(false), .object([])]), "b": "x",
        ])
        #expect(String(decoding: json.encoded, as: UTF8.self) == #"{"z":-1,"m":[null,true,false,{}],"b":"x"}"# + "\n")
    }
}
