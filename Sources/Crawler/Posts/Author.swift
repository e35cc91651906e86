/// Who published a ``Post``.
public struct Author: Sendable, Hashable, Codable {
    /// The name as it is shown; never empty.
    public var name: String
    /// The page of the author for people, `http` or `https`, if the source names one.
    public var url: String?

    /// Creates an author; each parameter is the field of its name.
    public init(name: String, url: String? = nil) {
        self.name = name
        self.url = url
    }
}
