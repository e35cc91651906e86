import Testing
import Upstreams

@Suite struct SourceErrorTests {
    private static let long = String(repeating: "long\n", count: 10_000)

    static let errors: [SourceError] = [
        .unreachable(long), .temporary(long), .temporary(long, retryAfter: .seconds(5)),
        .rateLimited(retryAfter: .seconds(90)), .rateLimited(retryAfter: nil), .permissionMissing(long),
        .tokenInvalid(long), .hashtagQuotaExhausted, .hashtagUnknown, .badParameter(long), .unusableResponse(long),
        .cancelled,
    ]

    /// The errors after which the crawler retries.
    static let retryable: [SourceError] = [
        .unreachable(""), .temporary(""), .temporary("", retryAfter: .seconds(5)),
        .rateLimited(retryAfter: .seconds(90)), .rateLimited(retryAfter: nil), .unusableResponse(""),
    ]

    @Test("The description is one line of bounded length", arguments: errors)
    func bounded(_ error: SourceError) {
        #expect(!error.description.isEmpty)
        #expect(error.description.utf8.count < 1_500)
        #expect(!error.description.contains("\n"))
    }

    @Test("Every kind of error has a case in this table")
    func complete() {
        #expect(Set(Self.errors.map(\.kind)) == Set(SourceError.Kind.allCases))
    }

    @Test(
        "Each error says what to do about it",
        arguments: [
            (.unreachable(""), .backOff), (.temporary(""), .backOff), (.unusableResponse(""), .backOff),
            (.temporary("", retryAfter: .seconds(7)), .wait(.seconds(7))), (.rateLimited(retryAfter: nil), .backOff),
            (.rateLimited(retryAfter: .seconds(60)), .wait(.seconds(60))),
            (.rateLimited(retryAfter: .seconds(1_000_000_000)), .wait(.seconds(86_400))),
            (.rateLimited(retryAfter: .seconds(-5)), .wait(.zero)), (.tokenInvalid(""), .stop(.seconds(1_800))),
            (.permissionMissing(""), .stop(.seconds(1_800))), (.hashtagQuotaExhausted, .stop(.seconds(1_800))),
            (.hashtagUnknown, .stop(.seconds(1_800))), (.badParameter(""), .stop(.seconds(1_800))),
        ] as [(SourceError, Remedy)]
    )
    func remedy(_ error: SourceError, _ remedy: Remedy) {
        #expect(error.remedy == remedy)
    }

    @Test(
        "Waits are told in units for people",
        arguments: [
            (0, "0 s"), (119, "119 s"), (120, "2 min"), (121, "3 min"), (7_199, "120 min"), (7_200, "2 h"),
            (86_400, "24 h"),
        ]
    )
    func units(_ seconds: Int, _ words: String) {
        #expect(SourceError.rateLimited(retryAfter: .seconds(seconds)).description.hasSuffix(words))
    }
}
