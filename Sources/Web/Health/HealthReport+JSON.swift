import Crawler

extension HealthReport {
    /// The body of `/health`.
    func json(of gallery: Gallery) -> JSON {
        .object([
            "status": .string(overall.rawValue),
            "crawler": crawler.json(role: crawlerRole),
            "storage": storage.json(),
            "gallery": .object([
                "version": .integer(Int64(clamping: gallery.version)),
                "posts": .integer(Int64(gallery.hashtags.reduce(0) { $0 + gallery[$1].count })),
                "newest": gallery.hashtags.compactMap { gallery[$0].first?.publishedAt }.max().map(JSON.timestamp),
            ]),
            "sources": .array(sources.map(\.json)),
            "budgets": .array(budgets.map(\.json)),
        ])
    }

    /// How a hashtag is doing: as well as its worst source.
    func state(of hashtag: Hashtag) -> State {
        sources.filter { $0.hashtag == hashtag }.map(\.state).max() ?? .waiting
    }
}

extension HealthReport.Component {
    fileprivate func json(role: String? = nil) -> JSON {
        .object([
            "state": .string(state.rawValue), "role": role.map(JSON.string), "message": message.map(JSON.string),
        ])
    }
}

extension SourceBudget {
    fileprivate var json: JSON {
        .object([
            "source": .string(source),
            "state": .string(state.rawValue),
            "used_percent": usedPercent.map { .integer(Int64($0)) },
            "hashtags_allowed": hashtagLimit.map { .integer(Int64($0)) },
            "hashtags_used": hashtagsUsed.map { .integer(Int64($0)) },
            "next_free": nextFree.map(JSON.timestamp),
            "message": message.map(JSON.string),
        ])
    }
}

extension SourceHealth {
    fileprivate var json: JSON {
        .object([
            "hashtag": .string(hashtag.name),
            "source": .string(source),
            "state": .string(state.rawValue),
            "last_crawl": lastCrawl.map(JSON.timestamp),
            "last_success": lastSuccess.map(JSON.timestamp),
            "next_crawl": nextCrawl.map(JSON.timestamp),
            "message": message.map(JSON.string),
        ])
    }
}
