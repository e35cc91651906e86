/// How far an export is.
public struct ExportProgress: Sendable, Equatable {
    /// How many pictures there are.
    public var pictures = 0
    /// How many of them are done, well or not.
    public var done = 0
    /// How many bytes came.
    public var bytes = 0
}
