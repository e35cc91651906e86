/// Why a source gave no page. Never holds a secret.
package enum SourceError: Error, Sendable, Hashable {
    /// No complete response came: the name does not resolve, the connection fails, time runs out.
    case unreachable(String)
    /// The service has trouble of its own and says when to come back, or does not.
    case temporary(String, retryAfter: Duration? = nil)
    /// The service takes no more requests for now, and says for how long, or does not.
    case rateLimited(retryAfter: Duration?)
    /// The access token is good, but not for this.
    case permissionMissing(String)
    /// The access token is missing, wrong, expired or revoked.
    case tokenInvalid(String)
    /// No new hashtag may be searched for until an old one leaves the quota; known ones go on.
    case hashtagQuotaExhausted
    /// The service does not know the hashtag, or does not let it be searched for.
    case hashtagUnknown
    /// The service does not take the request as it is; asking again would not help.
    case badParameter(String)
    /// A response came that cannot be used.
    case unusableResponse(String)
    /// The crawl was stopped before the response came.
    case cancelled
}

extension SourceError {
    /// The kinds of ``SourceError``, one a case: for logs, metrics and `/health`.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        case unreachable
        case temporary
        case rateLimited = "rate-limited"
        case permissionMissing = "permission-missing"
        case tokenInvalid = "token-invalid"
        case hashtagQuotaExhausted = "hashtag-quota-exhausted"
        case hashtagUnknown = "hashtag-unknown"
        case badParameter = "bad-parameter"
        case unusableResponse = "unusable-answer"
        case cancelled
    }

    /// Which kind of trouble it is.
    package var kind: Kind {
        switch self {
        case .unreachable: .unreachable
        case .temporary: .temporary
        case .rateLimited: .rateLimited
        case .permissionMissing: .permissionMissing
        case .tokenInvalid: .tokenInvalid
        case .hashtagQuotaExhausted: .hashtagQuotaExhausted
        case .hashtagUnknown: .hashtagUnknown
        case .badParameter: .badParameter
        case .unusableResponse: .unusableResponse
        case .cancelled: .cancelled
        }
    }
}

extension SourceError: CustomStringConvertible {
    /// One line for a person: what happened and what happens next. Bounded, however much the
    /// service wrote.
    package var description: String {
        switch self {
        case .unreachable(let reason):
            "it cannot be reached: \(reason.excerpt())"
        case .temporary(let reason, _):
            "it has trouble of its own: \(reason.excerpt())"
        case .rateLimited(let wait?):
            "it takes no more requests for \(wait.inWords)"
        case .rateLimited(nil):
            "it takes no more requests for now"
        case .permissionMissing(let reason):
            "the access token lacks a permission: \(reason.excerpt())"
        case .tokenInvalid(let reason):
            "the access token is not accepted, a new one is needed: \(reason.excerpt())"
        case .hashtagQuotaExhausted:
            "the account has searched for too many different hashtags: a new one must wait until the oldest leaves"
        case .hashtagUnknown:
            "it does not know the hashtag, or does not let it be searched for"
        case .badParameter(let reason):
            "it does not take the request: \(reason.excerpt())"
        case .unusableResponse(let reason):
            "its answer cannot be used: \(reason.excerpt())"
        case .cancelled:
            "stopped before the answer came"
        }
    }
}

/// What to do about a ``SourceError``.
package enum Remedy: Sendable, Hashable {
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
    package static let longestWait: Duration = .seconds(86_400)

    /// What to do about it.
    package var remedy: Remedy {
        switch self {
        case .temporary(_, let wait?), .rateLimited(let wait?):
            .wait(wait.clamped(to: Self.longestWait))
        case .unreachable, .temporary, .rateLimited, .unusableResponse, .cancelled:
            .backOff
        case .tokenInvalid, .permissionMissing, .hashtagQuotaExhausted, .hashtagUnknown, .badParameter:
            // One that passes by itself after all must cost no post that is shown for an hour: a quiet hashtag was
            // looked at up to 22 minutes before, and this wait is spread by a tenth.
            .stop(.seconds(1_800))
        }
    }
}
