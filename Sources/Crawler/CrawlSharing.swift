import Posts

extension CrawlerService {
    /// How often a process that does not crawl looks for what the one that does has found.
    private static let followInterval: Duration = .seconds(1)
    /// After how many such looks it looks how the crawls go.
    private static let looksPerRecord = 5

    /// Crawls while the lease is held, and follows its holder while it is not, until the task is cancelled.
    func take(turnsWith lease: CrawlLease) async {
        var sight = Sight()
        while !Task.isCancelled {
            let role = await role(by: lease, &sight)
            if role != monitor.role { logger.info("\(role.inWords)", metadata: ["role": "\(role.rawValue)"]) }
            monitor.role = role
            if role.crawls {
                // What the last holder found in its last moments comes first.
                await follow(&sight)
                await crawl(whileHolding: lease, &sight)
            } else {
                await follow(&sight)
                if sight.looks % Self.looksPerRecord == 0 { await showRecords() }
                sight.looks += 1
                try? await clock.sleep(for: Self.followInterval)
            }
        }
    }

    /// What a process knows of the others.
    private struct Sight {
        var revision: Int64?
        var looks = 0
        var canRead = true
        /// When the lease was asked for last.
        var lastAsked: Int64?
        /// Since when the ledger fails; nil while it works.
        var failingSince: Int64?
        var role: CrawlRole?
    }

    /// What this process is to do, by asking for the lease when it is time to.
    private func role(by lease: CrawlLease, _ sight: inout Sight) async -> CrawlRole {
        if let role = sight.role, let last = sight.lastAsked,
            now() >= last, .seconds(now() - last) < CrawlLease.renewal
        {
            return role
        }
        sight.lastAsked = now()
        do {
            sight.role = try await lease.take() ? .leader : .follower
            sight.failingSince = nil
        } catch {
            let since = sight.failingSince ?? now()
            if sight.failingSince == nil {
                logger.warning("the ledger of crawls cannot be reached: \(error)")
            }
            sight.failingSince = since
            // A follower knows of one who crawls, or did a moment ago; only when the lease must have ended by now is
            // there none. All others would rather crawl twice than not at all.
            let isFollower = sight.role == .follower && .seconds(now() - since) < CrawlLease.duration
            sight.role = isFollower ? .follower : .alone
        }
        return sight.role ?? .alone
    }

    /// Crawls until the lease is lost or the task is cancelled.
    private func crawl(whileHolding lease: CrawlLease, _ sight: inout Sight) async {
        sight = await withTaskGroup(of: Sight?.self) { [sight] group in
            group.addTask {
                await crawl()
                return nil
            }
            group.addTask {
                var sight = sight
                repeat {
                    do { try await clock.sleep(for: CrawlLease.renewal) } catch { break }
                    let role = await role(by: lease, &sight)
                    guard role.crawls else { break }
                    monitor.role = role
                    // Another process may have found something all the same: one that somebody started by hand.
                    await follow(&sight)
                } while true
                return sight
            }
            var last = sight
            for await result in group {
                if let result { last = result }
                group.cancelAll()
            }
            return last
        }
    }

    /// Shows what other processes have found, if anything.
    private func follow(_ sight: inout Sight) async {
        do {
            let revision = try await store.revision()
            guard revision != sight.revision else { return }
            for hashtag in hashtags { try await keeper.refresh(hashtag) }
            sight.revision = revision
            sight.canRead = true
        } catch {
            if sight.canRead { logger.warning("the stored posts cannot be read: \(error)") }
            sight.canRead = false
        }
    }

    /// Shows how the crawls go, as the process that crawls tells it.
    func showRecords() async {
        for loop in loops {
            monitor.show(
                await loop.journal.load() ?? CrawlRecord(), of: loop.crawl.hashtag, source: loop.crawl.source.name)
        }
    }
}

extension CrawlRole {
    /// Whether a process in this role crawls.
    var crawls: Bool { self != .follower }

    fileprivate var inWords: String {
        switch self {
        case .leader: "this process crawls"
        case .follower: "another process crawls, and this one shows what it finds"
        case .alone: "this process crawls on its own"
        }
    }
}

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
