extension UsageReport {
    /// Reads the Graph API's usage headers: `X-App-Usage`, which counts for the whole app, and
    /// `X-Business-Use-Case-Usage`, which counts for an account. The worst figure is what matters.
    ///
    /// - Parameters:
    ///   - fields: gives all header fields of a name.
    ///   - now: in seconds since 1970.
    /// - Returns: nil when there is neither, or nothing in them can be understood.
    init?(graph fields: (String) -> [String], now: Int64) {
        var counts: [Counts] = []
        for text in fields("X-App-Usage") {
            if let count: Counts = try? UpstreamJSON.decode(from: Array(text.utf8)) { counts.append(count) }
        }
        for text in fields("X-Business-Use-Case-Usage") {
            let accounts: [String: LossyList<Counts>]? = try? UpstreamJSON.decode(from: Array(text.utf8))
            counts += accounts?.values.flatMap(\.items) ?? []
        }
        guard let percent = counts.compactMap(\.percent).max() else { return nil }
        let minutes = counts.compactMap(\.regainMinutes).max() ?? 0
        self.init(percent: percent, regain: minutes > 0 ? .seconds(60 * minutes) : nil, receivedAt: now)
    }

    private struct Counts: Decodable {
        var percent: Int?
        var regainMinutes: Int?

        private enum CodingKeys: String, CodingKey {
            case calls = "call_count"
            case time = "total_time"
            case processorTime = "total_cputime"
            case regainMinutes = "estimated_time_to_regain_access"
        }

        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            percent = [values.number(.calls), values.number(.time), values.number(.processorTime)]
                .compactMap(\.self).max()
            // A day at most, as for every wait: more cannot be meant, and must not overflow.
            regainMinutes = values.number(.regainMinutes).map { min(max(0, $0), 1_440) }
        }
    }
}
