/// What an answer reports of the rate limit.
struct Usage: Sendable, Equatable {
    /// The part of the allowance that is used, 0 to 100.
    let percent: Int

    /// The id of the call: `fbtrace_id` of an error.
    let trace: String

    /// In how many minutes calls are taken again; 0 while they are.
    var minutes = 0

    /// The value of `X-App-Usage`.
    var app: JSONValue {
        .object(["call_count": .number(percent), "total_time": .number(percent), "total_cputime": .number(percent)])
    }

    /// The value of `X-Business-Use-Case-Usage`, for a user.
    func businessUseCase(userID: String) -> JSONValue {
        let usage = JSONValue.object([
            "type": .string("instagram"),
            "call_count": .number(percent),
            "total_cputime": .number(percent),
            "total_time": .number(percent),
            "estimated_time_to_regain_access": .number(minutes),
        ])
        return .object([.init(key: userID, value: .array([usage]))])
    }
}
