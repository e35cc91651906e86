import Testing

@Suite struct PercentEncodingTests {
    @Test(
        "Only unreserved characters stay",
        arguments: [
            ("AZaz09-._~", "AZaz09-._~"), ("a b+c", "a%20b%2Bc"), ("a&b=c#d?e/f", "a%26b%3Dc%23d%3Fe%2Ff"),
            ("é日", "%C3%A9%E6%97%A5"), ("\n\u{7F}%", "%0A%7F%25"), ("{,}", "%7B%2C%7D"), ("", ""),
        ]
    )
    func encoded(_ text: String, _ encoded: String) {
        #expect(text.percentEncoded == encoded)
    }
}
