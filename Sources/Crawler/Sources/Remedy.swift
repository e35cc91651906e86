/// What to do about a ``SourceError``.
public enum Remedy: Sendable, Hashable {
    /// Try again, later each time.
    case backOff
    /// Try again, but not before this time has passed.
    case wait(Duration)
    /// Only a person can fix it, if it lasts: as ``backOff`` at first, since services also say so by mistake, and after
    /// several of them in a row look again only after this time.
    case stop(Duration)
}

extension SourceError {
    /// No service is waited for longer than a day, whatever it says.
    static let longestWait: Duration = .seconds(86_400)

    /// What to do about it.
    public var remedy: Remedy {
        switch self {
        case .temporary(_, let wait?), .rateLimited(let wait?):
            .wait(wait.clamped(to: Self.longestWait))
        case .unreachable, .temporary, .rateLimited, .unusableAnswer, .cancelled:
            .backOff
        case .tokenInvalid, .permissionMissing, .hashtagQuotaExhausted, .hashtagUnknown, .badParameter:
            // One that passes by itself after all must cost no post that is shown for an hour: a quiet hashtag was
            // looked at up to 22 minutes before, and this wait is spread by a tenth.
            .stop(.seconds(1_800))
        }
    }
}
