import Testing

@testable import Web

@Suite struct RelativeTimeTests {
    @Test(
        "Is the time since the moment, in words",
        arguments: [
            (0, "just now"), (59, "just now"), (-100, "just now"), (60, "1 min ago"), (3599, "59 min ago"),
            (3600, "1 h ago"), (86_399, "23 h ago"), (86_400, "yesterday"), (172_800, "2 days ago"),
            (604_799, "6 days ago"), (604_800, "17 Nov 2025"), (-7200, "24 Nov 2025"),
        ]
    )
    func words(_ age: Int64, _ words: String) {
        #expect(RelativeTime(moment: Sample.now - age, now: Sample.now).words == words)
    }

    @Test("Has the exact time as an attribute")
    func exact() {
        let time = RelativeTime(moment: Sample.now - 180, now: Sample.now)
        let expected =
            #"<time datetime="2025-11-24T04:50:20Z" title="24 Nov 2025, 04:50:20 UTC">3 min ago</time>"#
        #expect(time.html.text == expected)
    }

    @Test(
        "Shortens between words",
        arguments: [
            ("", ""), ("  one \n two  ", "one two"), ("0123456789", "0123456789"), ("0123456789a", "012345678…"),
            ("one two three", "one two…"),
        ]
    )
    func shortening(_ text: String, _ short: String) {
        #expect(text.shortened(to: 10) == short)
    }

    @Test("A long caption is shortened quickly")
    func longCaption() {
        #expect(String(repeating: "a b ", count: 100_000).shortened(to: 280).count <= 280)
    }
}
