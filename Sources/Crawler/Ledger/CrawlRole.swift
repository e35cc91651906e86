/// What a process does among those that serve from one database.
public enum CrawlRole: String, Sendable, Hashable, CaseIterable {
    /// It crawls, and the others follow.
    case leader
    /// Another process crawls, and this one shows what that one finds.
    case follower
    /// It crawls without knowing of the others, because what they share cannot be reached.
    case alone

    /// Whether a process in this role crawls.
    var crawls: Bool { self != .follower }
}
