import Posts

extension CrawlerService {
    /// How often a follower checks for new posts of the leader.
    private static let followInterval: Duration = .seconds(1)
    /// After how many such checks it reads the crawl records.
    private static let looksPerRecord = 5

    /// Crawls while this process holds the lease, and follows its holder otherwise, until the task is cancelled.
    func take(turnsWith lease: CrawlLease) async {
        var sight = Sight()
        while !Task.isCancelled {
            let role = await role(by: lease, &sight)
            if role != monitor.role { logger.info("\(role.inWords)", metadata: ["role": "\(role.rawValue)"]) }
            monitor.role = role
            if role.crawls {
                // First read the last posts of the previous holder.
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

    /// The knowledge of a process about the others.
    private struct Sight {
        var revision: Int64?
        var looks = 0
        var canRead = true
        /// When the lease was last requested.
        var lastAsked: Int64?
        /// Since when the ledger has been failing; `nil` while it works.
        var failingSince: Int64?
        var role: CrawlRole?
    }

    /// The role of this process; requests the lease if it is time to.
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
            // A follower knows that another process crawls, until that one's lease must have ended. All others crawl:
            // twice is better than not at all.
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
                    // Another process may still have found posts, such as one that was started by hand.
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

    /// Shows the new posts of other processes.
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

    /// Shows the crawl records of the leader.
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

/// The right to crawl, held by one of the processes that share a ledger.
struct CrawlLease: Sendable {
    /// How long it is valid without being prolonged.
    static let duration: Duration = .seconds(30)
    /// How often its holder prolongs it and the others request it.
    static let renewal: Duration = .seconds(10)

    let ledger: any CrawlLedger
    /// Names the crawled hashtags and sources, so that processes with others have a lease of their own.
    let name: String
    /// The name of the process.
    let holder: String
    let now: @Sendable () -> Int64

    /// The name of the lease for hashtags and sources.
    static func name(_ hashtags: [Hashtag], _ sources: [String]) -> String {
        "crawl \(hashtags.map(\.name).sorted().joined(separator: ",")) \(sources.sorted().joined(separator: ","))"
    }

    /// Takes the lease, or prolongs it.
    ///
    /// - Returns: `false` while another process holds it.
    func take() async throws -> Bool {
        try await ledger.takeLease(name, holder: holder, for: Self.duration, now: now())
    }

    /// Releases the lease. If that fails, it expires.
    func drop() async {
        try? await ledger.dropLease(name, holder: holder)
    }
}
