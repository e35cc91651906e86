import Testing

@testable import Posts

@Suite struct UpstreamTimeTests {
    @Test(
        "Every form that servers write is read",
        arguments: [
            "1782909296", "1782909296.5", "1782909296000", "1782909296123", "1782909296123456", "1782909296123456789",
            "2026-07-01T12:34:56Z", "2026-07-01T12:34:56", "2026-07-01 12:34:56", "2026-07-01T12:34:56.123+00:00",
            "2026-07-01t12:34:56z", "2026-07-01 12:34:56 UTC", "2026-07-01T14:34:56 +0200", " 2026-07-01T12:34:56,5Z ",
            "Wed, 01 Jul 2026 12:34:56 GMT", "Wed, 01 Jul 2026 12:34:56 UTC", "Wed, 01 Jul 2026 12:34:56 +0000",
            "Wednesday, 01-Jul-26 12:34:56 GMT", "Wed Jul  1 12:34:56 2026", "96",
        ])
    func read(_ text: String) {
        #expect(UpstreamTime.seconds(text, from: 1_782_909_200) == 1_782_909_296)
    }

    @Test("A time without seconds has none, and a small number is no time of a post")
    func other() {
        #expect(UpstreamTime.seconds("2026-07-01T12:34Z") == 1_782_909_240)
        #expect(UpstreamTime.seconds("96") == nil)
    }

    @Test(
        "Numbers beyond reason stay within the years that are kept",
        arguments: [
            "9223372036854775807", "99999999999999999999999999", "0", "00000000000000000000001", "99999999999",
            "9999-12-31T23:59:59-23:59", "0.0",
        ])
    func bounded(_ text: String) throws {
        for now in [0, 1_782_909_200, .max, .min] as [Int64] {
            let time = try #require(UpstreamTime.seconds(text, from: now))
            #expect(Epoch.range.contains(time))
        }
    }

    @Test(
        "Everything else is refused",
        arguments: [
            "", " ", "now", "-5", "+5", "1.", ".5", "1.5.5", "1e9", "0x10", "2026-07-01", "2026-13-01T00:00:00Z",
            "2026-07-01T12:34:56 CET", "Wed, 01 Jul 2026 12:34:56 +0200", "１７８２９０９２９６", "1782909296 GMT",
        ])
    func refused(_ text: String) {
        #expect(UpstreamTime.seconds(text, from: 1_782_909_200) == nil)
    }
}
