/// A piece of HTML.
typealias HTML = Markup<HTMLLanguage>

/// What pages are written in.
enum HTMLLanguage {}
