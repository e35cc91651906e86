import Testing

@testable import Web

@Suite struct WebLinkTests {
    @Test(
        arguments: [
            ("https://x.example/a?b=c&d=%20#e", "https://x.example/a?b=c&d=%20#e"),
            ("HTTP://x.example/", "HTTP://x.example/"), ("https://x.example/a b", "https://x.example/a%20b"),
            ("https://x.example/é\"<>", "https://x.example/%C3%A9%22%3C%3E"), ("https://[::1]/", "https://[::1]/"),
            ("https://x.example/100%", "https://x.example/100%25"),
            ("https://x.example/%zz", "https://x.example/%25zz"),
            ("https://x.example/\n\0", "https://x.example/%0A%00"), ("https://x.example/%e", "https://x.example/%25e"),
            ("https://[::1]:8/[a]", "https://[::1]:8/%5Ba%5D"),
            ("https://x.example?[a]", "https://x.example?%5Ba%5D"), ("https://[::1]", "https://[::1]"),
            ("https://x.example/#a#b", "https://x.example/#a%23b"),
        ]
    ) func `What has no place in an address is escaped`(text: String, address: String) {
        #expect(WebLink(text)?.address == address)
    }

    @Test(
        arguments: [
            "javascript:alert(1)", "data:text/html,x", " https://x", "//x", "/x", "", "ftp://x", "https:/x", nil,
        ]
            as [String?])
    func `Nothing else than the web is linked to`(text: String?) {
        #expect(WebLink(text) == nil)
    }
}
