extension UsageReport {
    /// From this percentage on, a crawl comes a quarter as often.
    private static let nearlyExhausted = 90

    /// By how much to slow down at a time, given in seconds since 1970: 1 is not at all, 2 is half as often, and 4,
    /// when next to nothing is left, a quarter as often.
    func slowdown(at now: Int64) -> Double {
        guard isBusy(at: now) else { return 1 }
        return percent >= Self.nearlyExhausted ? 4 : 2
    }
}
