import FoundationEssentials

/// Calendar time as this project writes it: whole seconds since 1970-01-01T00:00:00Z.
public enum Epoch {
    /// The time now.
    public static func now() -> Int64 { Int64(Date().timeIntervalSince1970) }
}
