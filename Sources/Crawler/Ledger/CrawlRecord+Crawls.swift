extension CrawlRecord {
    /// For how long, in seconds, a rate of posts counts before newer crawls have taken half of its place.
    private static let memory = 3_600.0

    /// Notes a crawl that ended well.
    ///
    /// - Parameters:
    ///   - new: how many posts were new since the last crawl that ended well.
    ///   - posts: all that were on its pages.
    ///   - now: the time, in seconds since 1970.
    mutating func succeed(new: Int, posts: [Post], at now: Int64) {
        if posts.isEmpty {
            // A list without posts says little: it may be a list that did not come.
            postsPerHour = nil
        } else if let lastSuccess {
            let elapsed = Double(max(1, now - lastSuccess))
            let rate = Double(new) * 3_600 / elapsed
            // A mean that is weighted by time: the longer ago, the less it counts.
            let weight = elapsed / (elapsed + Self.memory)
            postsPerHour = postsPerHour.map { $0 + weight * (rate - $0) } ?? rate
        } else if let oldest = posts.map(\.publishedAt).min() {
            postsPerHour = Double(posts.count) * 3_600 / Double(max(3_600, now - oldest))
        }
        lastSuccess = now
        consecutiveFailures = 0
        lastError = nil
        hold = nil
    }

    /// Notes a crawl that failed.
    mutating func fail(_ failure: CrawlFailure) {
        consecutiveFailures += 1
        lastError = failure.description
        nextCrawl = nil
        hold =
            switch failure.remedy {
            case .backOff: nil
            case .wait: .service
            case .stop: .stopped
            }
    }
}
