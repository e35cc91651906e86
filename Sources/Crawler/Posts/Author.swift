/// Who published a ``Post``.
public struct Author: Sendable, Hashable {
    /// The name as it is shown; never empty.
    public var name: String
    /// The page of the author for people, `http` or `https`, if the source names one.
    public var url: String?

    /// The longest name, in Unicode scalars.
    static let longestName = 200

    /// Creates an author. The name is cut, and put on one line.
    public init(name: String, url: String? = nil) {
        self.name = name.bounded(scalars: Self.longestName, bytes: 4 * Self.longestName).onOneLine
        self.url = url
    }
}
