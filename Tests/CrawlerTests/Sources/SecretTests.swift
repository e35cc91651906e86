import Posts
import Testing

@Suite struct SecretTests {
    private let secret = Secret("EAAB|x/y+z=")

    @Test("However a secret is printed, it does not show")
    func printing() {
        var dumped = ""
        dump(secret, to: &dumped)
        dump(["key": [secret]], to: &dumped)
        let texts = [
            "\(secret)", secret.description, secret.debugDescription, String(reflecting: secret), "\([secret])",
            "\(Optional(secret) as Any)", dumped,
        ]
        for text in texts {
            #expect(!text.contains("EAAB"))
            #expect(text.contains("[redacted]"))
        }
        #expect(secret.reveal() == "EAAB|x/y+z=")
    }

    @Test(
        "A secret is taken out of a text in every encoding",
        arguments: [
            ("token EAAB|x/y+z= is bad", "token [redacted] is bad"),
            ("?access_token=EAAB%7Cx%2Fy%2Bz%3D&x=1", "?access_token=[redacted]&x=1"),
            ("?access_token=EAAB%7cx%2fy%2bz%3d", "?access_token=[redacted]"),
            ("?access_token=EAAB%7Cx/y+z=", "?access_token=[redacted]"),
            ("%45%41%41%42%7C%78%2F%79%2B%7A%3D", "[redacted]"),
            ("EAAB%257Cx%252Fy%252Bz%253D", "[redacted]"),
            ("EAAB|x/y+z=EAAB|x/y+z=", "[redacted][redacted]"),
            ("EAAB|EAAB|x/y+z=", "EAAB|[redacted]"),
            ("EAAB|x/y+z", "EAAB|x/y+z"), ("EAAB%7", "EAAB%7"), ("%", "%"), ("", ""), ("grüße", "grüße"),
        ]
    )
    func scrubbing(_ text: String, _ scrubbed: String) {
        #expect(secret.scrub(text) == scrubbed)
    }

    @Test("An empty secret changes nothing")
    func empty() {
        #expect(Secret("").scrub("text") == "text")
        #expect(Secret("").isEmpty)
    }
}
