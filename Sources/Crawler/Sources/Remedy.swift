/// What to do about a ``SourceError``.
public enum Remedy: Sendable, Hashable {
    /// Try again, later each time.
    case backOff
    /// Try again, but not before this time has passed.
    case wait(Duration)
    /// Nothing will change by itself: stop, say so, and only look again after this time.
    case stop(Duration)
}

extension SourceError {
    /// No service is waited for longer than a day, whatever it says.
    private static let longestWait: Duration = .seconds(86_400)

    /// What to do about it.
    public var remedy: Remedy {
        switch self {
        case .temporary(_, let wait?), .rateLimited(let wait?):
            .wait(wait.clamped(to: Self.longestWait))
        case .unreachable, .temporary, .rateLimited, .unusableAnswer, .cancelled:
            .backOff
        case .tokenInvalid, .permissionMissing, .hashtagQuotaExhausted:
            .stop(.seconds(3600))
        case .hashtagUnknown, .badParameter:
            .stop(.seconds(86_400))
        }
    }
}
