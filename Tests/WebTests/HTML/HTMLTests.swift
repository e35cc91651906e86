import Testing

@testable import Web

@Suite struct HTMLTests {
    @Test(
        "Plain text is escaped wherever it is put in",
        arguments: [
            ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
            (#"" onload="x"#, "&quot; onload=&quot;x"), ("' onload='x", "&#39; onload=&#39;x"),
            ("]]>", "]]&gt;"), ("<!--", "&lt;!--"), ("&amp;", "&amp;amp;"),
            ("a\0\u{1}\u{B}\u{1b}\u{7F}\u{85}\u{FFFE}\u{FFFF}b", "ab"),
            ("a\tb\r\nc", "a\tb\r\nc"), ("é🐹 سلام\u{202E}", "é🐹 سلام\u{202E}"), ("", ""),
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

    @Test("HTML inside XML is text, and XML inside XML is not")
    func languages() {
        let html: HTML = "<p>\("<&")</p>"
        let inner: XML = "<b>\("<")</b>"
        let xml: XML = "<a t=\"\("\"")\">\(html)\(inner)\([inner])\(Optional(inner))\(3)</a>"
        let content = "&lt;p&gt;&amp;lt;&amp;amp;&lt;/p&gt;"
        #expect(xml.text == "<a t=\"&quot;\">\(content)<b>&lt;</b><b>&lt;</b><b>&lt;</b>3</a>")
    }
}
