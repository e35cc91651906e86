import Crawler

/// What stands where pictures will be, and why there are none.
struct EmptyGallery: Sendable {
    let hashtags: [Hashtag]
    /// There are pictures, but none so old.
    let isPastTheEnd: Bool
    /// Only some of the pictures were asked for.
    let isFiltered: Bool
    let health: HealthReport?
    /// Where the script hears of the first picture.
    var live: HTML?

    var html: HTML {
        #"""
        <section class="empty"\#(live)>
        \#(Favicon.mark)
        <h2>\#(heading)</h2>
        <p>\#(explanation)</p>
        \#(troubles)</section>

        """#
    }

    private var heading: String {
        isPastTheEnd ? "That was the last one" : isFiltered ? "Nothing fits" : "Nothing here yet"
    }

    private var explanation: String {
        if isPastTheEnd { return "No earlier pictures have been found." }
        if hashtags.isEmpty { return "No hashtag is set up, so there is nothing to look for." }
        if isFiltered { return "None of the pictures that were found has all that the address asks for." }
        let names = hashtags.map { "#\($0.name)" }.formattedList
        return "The crawler has not found a picture under \(names) so far. "
            + "It goes on looking; open this page again in a minute."
    }

    private var troubles: HTML? {
        let sources = (health?.sources ?? []).filter { $0.state > .waiting && hashtags.contains($0.hashtag) }
        guard !sources.isEmpty else { return nil }
        let items = sources.map { source -> HTML in
            "<li><strong>\(source.source)</strong>, #\(source.hashtag.name): \(source.message ?? source.state.rawValue)</li>\n"
        }
        return "<ul>\n\(items)</ul>\n"
    }
}
