import FoundationEssentials

/// The machine's clock.
enum SystemClock {
    /// Seconds since 1970.
    @Sendable static func now() -> Double {
        Date().timeIntervalSince1970
    }
}
