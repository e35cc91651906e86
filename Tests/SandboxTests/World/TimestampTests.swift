import Testing

@testable import Sandbox

@Suite("A timestamp")
struct TimestampTests {
    @Test(
        "is UTC, in whole seconds",
        arguments: [
            (0, "1970-01-01T00:00:00+0000"), (1_795_499_204, "2026-11-24T05:46:44+0000"),
            (1_795_499_204.999, "2026-11-24T05:46:44+0000"), (951_782_399, "2000-02-28T23:59:59+0000"),
            (951_782_400, "2000-02-29T00:00:00+0000"), (951_868_800, "2000-03-01T00:00:00+0000"),
            (4_107_542_400, "2100-03-01T00:00:00+0000"), (-1, "1969-12-31T23:59:59+0000"),
        ] as [(Double, String)]
    )
    func text(seconds: Double, expected: String) {
        #expect(Timestamp.text(seconds) == expected)
    }
}
