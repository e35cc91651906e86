/// The database cannot be used for now. Why is in the log, and in ``ResilientStore/health``.
public struct StorageUnavailable: Error, Sendable, Equatable, CustomStringConvertible {
    /// What happened, for a person.
    public var description: String { "the database cannot be used" }
}
