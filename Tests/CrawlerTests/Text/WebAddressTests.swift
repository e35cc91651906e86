import Testing

@testable import Crawler

@Suite struct WebAddressTests {
    @Test(
        "Absolute addresses of the web are kept as they are",
        arguments: [
            "https://cdn.example/a.jpg", "http://127.0.0.1:8080/p/1.png?x=1&y=%2F#z", "HTTPS://CDN.EXAMPLE",
            "https://[::1]/x", "https://bücher.example/ä", "https://cdn.example/a@b",
        ]
    )
    func kept(_ address: String) {
        #expect(WebAddress.checked(address) == address)
    }

    @Test(
        "Everything else is refused",
        arguments: [
            nil, "", "cdn.example/a.jpg", "//cdn.example/a.jpg", "ftp://cdn.example/a", "javascript:alert(1)",
            "data:image/png;base64,AAAA", "file:///etc/passwd", "https://", "https:///a", "https://:80/a", "https:a",
            "https://a b/", "https://a/\n", "https://a/\u{0}", " https://a/", "https://user:password@host/",
            "https://a\\@b/",
            "https://a/" + String(repeating: "x", count: 5_000),
        ]
    )
    func refused(_ address: String?) {
        #expect(WebAddress.checked(address) == nil)
    }
}
