import Crawler

/// The page of all hashtags.
struct HashtagsPage: Sendable {
    /// The name of the site.
    let title: String
    let summaries: [HashtagSummary]
    let now: Int64

    var html: HTML {
        let shell = PageShell(
            site: title,
            title: "Hashtags",
            description: "The hashtags whose newest pictures are shown here",
            navigation: PageShell.navigation(summaries.map(\.hashtag), selected: "/tags"),
            head: "<link rel=\"alternate\" type=\"application/json\" href=\"/tags\">\n"
        )
        return shell.html("<h1>Hashtags</h1>\n<ul class=\"tags\" role=\"list\">\n\(summaries.map(item))</ul>\n")
    }

    private func item(_ summary: HashtagSummary) -> HTML {
        let newest: HTML? = summary.newest.map { "<span>newest \(RelativeTime(moment: $0, now: now).html)</span>" }
        let crawl: HTML? = summary.lastCrawl.map { "<span>looked \(RelativeTime(moment: $0, now: now).html)</span>" }
        return #"""
            <li>
            <a href="\#(summary.hashtag.path)">#\#(summary.hashtag.name)</a>
            <p class="meta"><span>\#(summary.pictures) \#(summary.pictures == 1 ? "picture" : "pictures")</span>\#(newest)\#(crawl)<span>\#(words(summary.state))</span></p>
            </li>

            """#
    }

    private func words(_ state: HealthReport.State) -> String {
        switch state {
        case .ok: "up to date"
        case .waiting: "not looked at yet"
        case .failing: "trouble with a source, trying again"
        case .stopped: "a source needs its operator"
        }
    }
}
