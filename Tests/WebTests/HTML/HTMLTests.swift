import Testing

@testable import Web

@Suite struct HTMLTests {
    @Test(
        "Plain text is escaped wherever it is put in",
        arguments: [
            ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
            (#"" onload="x"#, "&quot; onload=&quot;x"), ("' onload='x", "&#39; onload=&#39;x"),
            ("]]>", "]]&gt;"), ("<!--", "&lt;!--"), ("&amp;", "&amp;amp;"),
            ("\0\u{1}\u{1b}\u{85}\u{FFFE}", "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}"),
            ("a\tb\nc", "a\tb\nc"), ("é🐹 سلام", "é🐹 سلام"),
        ]
    )
    func escaping(_ text: String, _ escaped: String) {
        let html: HTML = #"<p title="\#(text)">\#(text)</p>"#
        #expect(html.text == #"<p title="\#(escaped)">\#(escaped)</p>"#)
        #expect(HTML(text: text).text == escaped)
    }

    @Test("Markup passes through, alone, in lists and when it is missing")
    func markup() {
        let bold: HTML = "<b>\("&")</b>"
        let none: HTML? = nil
        let html: HTML = "<p>\(bold)\([bold, bold])\(none)\(7)</p>"
        #expect(html.text == "<p><b>&amp;</b><b>&amp;</b><b>&amp;</b>7</p>")
    }
}
