/// What a service allows a source, and how much of it is used, as far as the service says so.
public struct SourceBudget: Sendable, Equatable {
    /// The name of the source, as in ``Crawler/Post/ID/source``.
    public var source: String
    /// The largest of the percentages that the service counts; 100 and more when it refuses calls.
    public var usedPercent: Int?
    /// How many different hashtags may be searched for at a time.
    public var hashtagLimit: Int?
    /// How many count at this moment.
    public var hashtagsUsed: Int?
    /// When one more may be searched for after all are used up, in seconds since 1970-01-01T00:00:00Z.
    public var nextFree: Int64?

    /// Makes a budget; each parameter is the property of its name.
    public init(
        source: String, usedPercent: Int? = nil, hashtagLimit: Int? = nil, hashtagsUsed: Int? = nil,
        nextFree: Int64? = nil
    ) {
        self.source = source
        self.usedPercent = usedPercent
        self.hashtagLimit = hashtagLimit
        self.hashtagsUsed = hashtagsUsed
        self.nextFree = nextFree
    }

    /// How much of the calls is left, in percent, 0 to 100.
    public var leftPercent: Int? { usedPercent.map { min(100, max(0, 100 - $0)) } }

    /// How many new hashtags may be searched for.
    public var hashtagsLeft: Int? {
        guard let hashtagLimit, let hashtagsUsed else { return nil }
        return max(0, hashtagLimit - hashtagsUsed)
    }

    /// Whether calls are free, or refused. That no new hashtag may be searched for is no trouble of those known.
    public var state: HealthReport.State { (usedPercent ?? 0) >= 100 ? .failing : .ok }

    /// What that means, where it means anything: one sentence, shown to the public.
    public var message: String? {
        switch usedPercent ?? 0 {
        case 100...: "Its allowance is used up: it is not asked until the service takes calls again."
        case 75...: "It is asked less often, until less of its allowance is used."
        default: hashtagsLeft == 0 ? "No new hashtag can be searched for until the oldest one leaves the quota." : nil
        }
    }
}
