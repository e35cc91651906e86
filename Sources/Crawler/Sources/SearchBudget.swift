/// How many different hashtags a service lets an account search for, and how many it has.
public struct SearchBudget: Sendable, Hashable {
    /// How many different ones are allowed at a time.
    public var limit: Int
    /// How many count at this moment.
    public var used: Int
    /// When the oldest stops counting, in whole seconds since 1970; nil while none counts.
    public var nextFree: Int64?

    /// Creates a budget; each parameter is the field of its name.
    public init(limit: Int, used: Int, nextFree: Int64? = nil) {
        self.limit = limit
        self.used = used
        self.nextFree = nextFree
    }

    /// How many new ones may be searched for.
    public var left: Int { max(0, limit - used) }
}
