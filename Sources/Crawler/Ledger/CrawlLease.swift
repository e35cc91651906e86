/// The right to crawl, of which there is one among all processes that share a ledger.
struct CrawlLease: Sendable {
    /// How long a process that does not prolong it any more still holds it.
    static let duration: Duration = .seconds(30)
    /// How long before the next look, for its holder and for those who would have it.
    static let renewal: Duration = .seconds(10)

    let ledger: any CrawlLedger
    /// Names what is crawled, so that a process that crawls something else has a lease of its own.
    let name: String
    /// Names the process.
    let holder: String
    let now: @Sendable () -> Int64

    /// Names the lease of what is crawled.
    static func name(_ hashtags: [Hashtag], _ sources: [String]) -> String {
        "crawl \(hashtags.map(\.name).sorted().joined(separator: ",")) \(sources.sorted().joined(separator: ","))"
    }

    /// Takes the lease, or prolongs it.
    ///
    /// - Returns: false while another process holds it.
    func take() async throws -> Bool {
        try await ledger.takeLease(name, holder: holder, for: Self.duration, now: now())
    }

    /// Gives the lease back. One that cannot be given back ends by itself.
    func drop() async {
        try? await ledger.dropLease(name, holder: holder)
    }
}
