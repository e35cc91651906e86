extension Post {
    /// How far ahead of our clock a post may be dated: clocks differ, and some services take the time from cameras.
    private static let tolerance: Int64 = 3_600

    /// Whether the post is dated so far ahead that it would stay the newest for as long as that. Such a post is left
    /// out until its time has come.
    func isFromTheFuture(at now: Int64) -> Bool { publishedAt > now + Self.tolerance }
}
