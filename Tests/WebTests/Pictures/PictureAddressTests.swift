import Testing

@testable import Pictures
@testable import Web

@Suite struct PictureAddressTests {
    @Test(
        "Has one spelling for each address",
        arguments: [
            ("https://Example.COM", "example.com", "https://example.com/"),
            ("http://a.b:8080/c%20d?e=f&g#h", "a.b", "http://a.b:8080/c%20d?e=f&g"),
            ("http://[2606:4700::1]/x", "2606:4700::1", "http://[2606:4700::1]/x"),
            ("HTTP://1.1.1.1/", "1.1.1.1", "http://1.1.1.1/"),
            ("http://2130706433/", "2130706433", "http://2130706433/"),
        ]
    )
    func spelling(_ text: String, _ host: String, _ url: String) throws {
        let address = try PictureAddress(text)
        #expect(address.host == host)
        #expect(address.url == url)
    }

    @Test(
        "Refuses everything that is no plain web address",
        arguments: [
            "", "x", "/x", "//a/b", "ftp://a/b", "file:///etc/passwd", "javascript:alert(1)", "data:image/png,x",
            "http://", "http:///x", "http://user@a/", "http://user:pw@a/", "http://a%2Fb/", "http://a%00b/",
            "http://[fe80::1%25eth0]/", "http://[::g]/", "http+unix://%2Fsocket/x", "http://a b/", "unix:///x",
            "http://a\\b/", "http://8.8.4.4:99999/h", "http://a:65536/", "http://a:0/",
            "http://a:99999999999999999999/", "http://a:-1/", "http://a:x/",
        ]
    )
    func refusal(_ text: String) {
        #expect(throws: PictureError.badAddress) { try PictureAddress(text) }
    }

    @Test(
        "Follows relative addresses",
        arguments: [
            ("/c?d", "https://a.b:1/c?d"), ("c", "https://a.b:1/x/c"), ("//e/f", "https://e/f"),
            ("http://e/", "http://e/"),
            ("?q", "https://a.b:1/x/y?q"),
        ]
    )
    func relative(_ location: String, _ url: String) throws {
        let base = try PictureAddress("https://a.b:1/x/y")
        #expect(try PictureAddress(location, relativeTo: base).url == url)
    }
}
