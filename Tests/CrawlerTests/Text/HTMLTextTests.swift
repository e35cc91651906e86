import Testing

@testable import Posts

@Suite struct HTMLTextTests {
    @Test(arguments: [
        ("<p>One</p><p>Two<br>Three</p>", "One\nTwo\nThree"),
        ("plain", "plain"),
        ("", ""),
        ("&lt;b&gt; &amp;amp; &quot;&#39;&#x1F600;&nbsp;x", "<b> &amp; \"'😀\u{A0}x"),
        ("<a href=\"https://x\"><span class=\"invisible\">https://</span>x.example</a>", "https://x.example"),
        ("<script>alert(1)</script>after", "after"),
        ("<style>p { }</style>after", "after"),
        ("<script>never closed", ""),
        ("a < b & c", "a < b & c"),
        ("1 <2", "1 <2"),
        ("<!-- a > b -->x<!-- open", "x"),
        ("<p unclosed", ""),
        ("&unknown; &#xD800; &#99999999999; &;", "&unknown; &#xD800; &#99999999999; &;"),
        ("<P>UP</P><LI>down</LI>", "UP\ndown"),
        ("a\n\n\n\nb", "a\n\nb"),
        ("one<br />\r\ntwo", "one\ntwo"),
        ("<SCRIPT>alert(1)</b></Script >after", "after"),
        ("<p>\u{301}still here</p><p>\u{FE0F}and here</p>", "\u{301}still here\n\u{FE0F}and here"),
        ("one<h4>two</h4>three", "one\ntwo\nthree"), ("a<ul><li>b</li><li>c</li></ul>d", "a\nb\nc\nd"),
        ("a<hr>b<pre>c</pre>d", "a\nb\nc\nd"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("<div><p>a</p></div>\n<div><p>b</p></div>", "a\nb"), ("a<br><br>b", "a\n\nb"), ("a<b>c</b><i>d</i>", "acd"),
        ("&eacute;&Eacute;&szlig;&Omega;&thetasym;&hearts;&AMP;&frac12;", "éÉßΩϑ♥&½"),
        ("&#128;&#x92;&#150;&#159;&#129;", "€’–Ÿ"), ("&apos;&EACUTE;&eacut;", "'&EACUTE;&eacut;"),
        ("a&#0;b\u{1}c&#8;d\te", "abcd\te"),
    ])
    func `The text is what a reader sees`(_ html: String, _ text: String) {
        #expect(HTMLText.plain(html) == text)
    }

    @Test(arguments: ["<", "<!--", "<p>", "<script>", "<script></", "&", "&#x", "</", "<a <a "])
    func `However much there is of it, hostile text ends`(_ piece: String) {
        #expect(HTMLText.plain(String(repeating: piece, count: 200_000)).utf8.count <= 200_000 * piece.utf8.count)
    }

    @Test(arguments: [
        ("a &amp; b", "a & b"), ("<b> &lt;i&gt;", "<b> <i>"), ("no & none", "no & none"), ("&amp;amp;", "&amp;"),
    ])
    func `Of a plain text only the references are replaced`(_ text: String, _ expected: String) {
        #expect(HTMLText.unescaped(text) == expected)
    }
}
