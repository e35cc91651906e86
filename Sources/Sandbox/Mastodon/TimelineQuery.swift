import Hummingbird

/// Which statuses of a hashtag timeline are asked for.
struct TimelineQuery: Sendable {
    /// As upstream's defaults.
    private static let usualLimit = 20
    private static let largestLimit = 40
    private static let mostTags = 4

    /// How many statuses there are on a page, 1 to 40.
    let limit: Int
    private let tags: [SandboxHashtag]
    private let all: [String]
    private let none: [String]
    private let maxID: Int?
    private let sinceID: Int?
    private let minID: Int?

    /// - Parameter tag: as it stands in the path.
    init(tag: String, _ parameters: Parameters, manners: SandboxConfiguration.Manners) {
        func number(_ name: String) -> Int? { parameters.get(name).flatMap { Int($0) } }
        /// The hashtags of a list such as `any[]`, whose name may be encoded as well.
        func list(_ name: String) -> [SandboxHashtag] {
            guard manners == .mastodon else { return [] }
            return parameters.filter { String($0.key).percentDecoded == name }.prefix(Self.mostTags)
                .compactMap { SandboxHashtag(name: $0.value) }
        }
        limit = min(max(1, number("limit") ?? Self.usualLimit), Self.largestLimit)
        tags = ([SandboxHashtag(name: tag.percentDecoded)].compactMap(\.self) + list("any[]")).filter { !$0.isMissing }
        all = list("all[]").compactMap(\.name)
        none = list("none[]").compactMap(\.name)
        maxID = number("max_id")
        sinceID = manners == .mastodon ? number("since_id") : nil
        minID = number("min_id")
    }

    /// The page at a time, newest first. A hashtag that does not exist has no statuses.
    func page(of world: SandboxWorld, at time: Double) -> [SandboxPost] {
        var seen: Set<Int> = []
        let posts = tags.flatMap { world.recent($0, at: time) }
            .filter { isAsked($0) && seen.insert($0.statusID).inserted }
            .sorted { $0.statusID > $1.statusID }
        // With `min_id` it is the page that follows on it, and so the oldest ones above.
        return Array(minID == nil ? posts.prefix(limit) : posts.suffix(limit))
    }

    private func isAsked(_ post: SandboxPost) -> Bool {
        let id = post.statusID
        guard post.medium != nil || !post.children.isEmpty, maxID.map({ id < $0 }) ?? true,
            sinceID.map({ id > $0 }) ?? true, minID.map({ id > $0 }) ?? true
        else { return false }
        guard !all.isEmpty || !none.isEmpty else { return true }
        let hashtags = post.hashtags
        return all.allSatisfy(hashtags.contains) && !none.contains(where: hashtags.contains)
    }
}

extension SandboxPost {
    /// The id of a status: the milliseconds of its time, and 16 bits that differ, as Mastodon makes them. Larger ids are
    /// newer, whatever the hashtag.
    var statusID: Int {
        let milliseconds = Int((max(0, published) * 1_000).rounded(.down))
        return milliseconds << 16 | Int(Dice.hash(id) & 0xFFFF)
    }
}
