import Testing

@testable import Posts

@Suite struct WebAddressTests {
    @Test(
        "Absolute addresses of the web are kept as they are",
        arguments: [
            "https://cdn.example/a.jpg", "http://127.0.0.1:8080/p/1.png?x=1&y=%2F#z", "HTTPS://CDN.EXAMPLE",
            "https://[::1]/x", "https://[::1]:8080/x", "https://a.example:65535", "http://a:1?x:99999",
            "http://a/:99999#:", "https://bücher.example/ä", "https://cdn.example/a@b",
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
            "http://8.8.4.4:99999/h", "http://a:65536/", "http://a:0/", "http://a:/", "http://a:-1/", "http://a:x/",
            "http://a:80:80/", "http://a:99999999999999999999/", "http://a:８０/", "http://[::1/", "http://[::1]x/",
            "http://[::1]:99999/", "http://[]/", "http://::1/", "http://a]/", "http://[v1.x]/", "http:///?#",
            "http://#",
            "https://a/" + String(repeating: "\u{315}\u{327}", count: 40),
            "https://a/" + String(repeating: "x", count: 5_000),
        ]
    )
    func refused(_ address: String?) {
        #expect(WebAddress.checked(address) == nil)
    }
}
