/// How the storage is doing, for `/health`.
public enum StorageHealth: Sendable, Equatable {
    /// What is found is written to the database.
    case ok
    /// There is no database, as the operator wants it.
    case memoryOnly
    /// The database cannot be used for now: why, and what to do about it. Holds no name of a file.
    case failing(String)
}
