import ArgumentParser
import Crawler

/// Which posts of a hashtag are wanted.
struct PostSelection: ParsableArguments {
    @Option(help: "At most so many posts of each hashtag, the newest, 1 to 100000. [default: 20 shown, all exported]")
    var limit: String?

    @Option(help: "Only posts since a time: 90m, 2h or 3d ago, 2026-11-24 or 2026-11-24T09:15:00Z.")
    var since: String?

    /// What it comes to.
    struct Filter: Sendable {
        var limit: Int
        /// In seconds since 1970.
        var since: Int64

        /// Those of a list, the newest first, that are wanted.
        func posts(_ all: [Post]) -> [Post] { Array(all.prefix { $0.publishedAt >= since }.prefix(limit)) }
    }

    /// - Throws: ``SettingError`` for what is not allowed.
    func filter(defaultLimit: Int, now: Int64 = Epoch.now()) throws -> Filter {
        var filter = Filter(limit: defaultLimit, since: .min)
        if let limit {
            guard let number = Parse.number(limit, in: 1...100_000) else {
                throw SettingError(name: "--limit", value: limit, allowed: "1 to 100000")
            }
            filter.limit = number
        }
        if let since {
            guard let time = Self.time(since, now: now) else {
                throw SettingError(
                    name: "--since", value: since,
                    allowed: "a duration such as 90m, 2h or 3d, or a time such as 2026-11-24 or 2026-11-24T09:15:00Z")
            }
            filter.since = time
        }
        return filter
    }

    private static func time(_ text: String, now: Int64) -> Int64? {
        if let duration = Parse.duration(text) { return now - duration.components.seconds }
        return ISO8601.seconds(text) ?? ISO8601.seconds("\(text)T00:00:00Z")
    }
}
