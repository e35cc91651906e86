extension FaultRule.Occasion {
    /// Reads `3`, `3-5`, `3-`, `20%`, `10s-60s` or `5m-`; nil for anything else.
    init?(_ text: Substring) {
        if text.hasSuffix("%") {
            guard let percent = Self.number(text.dropLast()), percent <= 100 else { return nil }
            self = .chance(percent)
            return
        }
        let ends = text.split(separator: "-", omittingEmptySubsequences: false)
        guard (1...2).contains(ends.count) else { return nil }
        if let first = Self.seconds(ends[0]) {
            // A single moment meets no request.
            guard ends.count == 2, let last = ends[1].isEmpty ? Int.max : Self.seconds(ends[1]), last >= first else {
                return nil
            }
            self = .seconds(first...last)
            return
        }
        guard let first = Self.number(ends[0]), first >= 1 else { return nil }
        guard let last = ends.count == 1 ? first : ends[1].isEmpty ? Int.max : Self.number(ends[1]), last >= first
        else {
            return nil
        }
        self = .numbers(first...last)
    }

    private static func number(_ text: Substring) -> Int? {
        text.isDigits ? Int(text) : nil
    }

    private static func seconds(_ text: Substring) -> Int? {
        let units: [Character: Int] = ["s": 1, "m": 60, "h": 3_600]
        guard let unit = text.last.flatMap({ units[$0] }), text.count <= 8, let number = number(text.dropLast()) else {
            return nil
        }
        return number * unit
    }
}
