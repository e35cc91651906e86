extension Duration {
    /// The duration in whole units for a person: `45 s`, `12 min`, `3 h`.
    var inWords: String {
        let seconds = components.seconds
        return switch seconds {
        case ..<120: "\(seconds) s"
        case ..<7200: "\(seconds.quotientRoundedUp(60)) min"
        default: "\(seconds.quotientRoundedUp(3600)) h"
        }
    }

    /// What is left of the duration when nothing may last longer than `limit` or less than no time.
    func clamped(to limit: Duration) -> Duration { max(.zero, min(self, limit)) }
}

extension Int64 {
    fileprivate func quotientRoundedUp(_ divisor: Int64) -> Int64 { self / divisor + (self % divisor > 0 ? 1 : 0) }
}
