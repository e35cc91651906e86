/// Why a crawl did not end well.
public enum CrawlFailure: Error, Sendable, Hashable {
    /// The source gave no page.
    case source(SourceError)
    /// What was found could not be stored, or not be read back.
    case storage(String)

    /// What to do about it.
    var remedy: Remedy {
        switch self {
        case .source(let error): error.remedy
        case .storage: .backOff
        }
    }

    /// A short name of what is wrong, the same for all failures of one kind: for logs and metrics.
    public var kind: String {
        switch self {
        case .source(let error): error.kind.rawValue
        case .storage: "storage"
        }
    }
}

extension CrawlFailure: CustomStringConvertible {
    /// One line for a person; holds no secret.
    public var description: String {
        switch self {
        case .source(let error): error.description
        case .storage(let reason): "the posts could not be stored: \(reason.excerpt())"
        }
    }
}
