import Testing

@testable import Posts

@Suite struct HTTPDateTests {
    @Test(
        "Writes dates as HTTP wants them",
        arguments: [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"), (4_102_444_799, "Thu, 31 Dec 2099 23:59:59 GMT"),
            (-1, "Wed, 31 Dec 1969 23:59:59 GMT"), (-2_203_891_201, "Wed, 28 Feb 1900 23:59:59 GMT"),
        ]
    )
    func format(_ seconds: Int64, _ text: String) {
        #expect(HTTPDate.format(seconds) == text)
        #expect(HTTPDate.parse(text) == seconds)
    }

    @Test(
        "Reads the three forms",
        arguments: [
            "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
        ]
    )
    func forms(_ text: String) {
        #expect(HTTPDate.parse(text) == 784_111_777)
    }

    @Test(
        "Passes over everything else",
        arguments: [
            "", "now", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 32 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nop 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 1994 08:49 GMT",
            "Sun, +6 Nov 1994 08:49:37 GMT", "Sun, 31 Nov 1994 08:49:37 GMT", "Tue, 29 Feb 2027 08:49:37 GMT", "120",
            "Sun, 06 Nov 99999999999999999999 08:49:37 GMT",
        ]
    )
    func nonsense(_ text: String) {
        #expect(HTTPDate.parse(text) == nil)
    }

    @Test("Does not fall over at the ends of time", arguments: [Int64.min, Int64.max])
    func extremes(_ seconds: Int64) {
        #expect(!HTTPDate.format(seconds).isEmpty)
        #expect(!CivilTime(secondsSinceEpoch: seconds).timestamp.isEmpty)
    }
}
