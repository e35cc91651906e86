import Crawler

extension PostFilter {
    /// The conditions as people say them, for titles: `landscape`, `with “cat”`; empty when there are none.
    var description: [String] {
        var parts: [String] = []
        switch kind {
        case .image: parts.append("pictures")
        case .video: parts.append("videos")
        case nil: break
        }
        if let orientation { parts.append(orientation.rawValue) }
        if needsAlt { parts.append("described") }
        if !sources.isEmpty { parts.append("from " + sources.joined(separator: " or ")) }
        parts += words.map { "with “\($0.text)”" }
        parts += unwanted.map { "without “\($0.text)”" }
        return parts
    }
}
