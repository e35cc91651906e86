/// Text that people put into captions and names, by accident or on purpose.
enum HostileWords {
    static let all = [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' autofocus onfocus='alert(1)", "]]>",
        "<![CDATA[", "<!-- ", "-->", "</p></entry></item></channel>", "&#x3c;script&#x3e;", "&amp;lt;", "<?php ?>",
        "\u{202E}desrever", "سلام دنیا שלום", "👩🏽‍🚀 é ﷽", "a\0b\u{1}c\u{B}d\u{FFFE}e\u{FFFF}f\u{85}g",
        "\u{2028}\u{2029}", "line\r\nline\rline", #"\"\\u0000"#, String(repeating: "<b>&", count: 2_500),
    ]
}
