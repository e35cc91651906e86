import Crawler

/// A moment as people say it: `3 min ago`.
struct RelativeTime: Sendable, Equatable {
    /// Seconds since 1970-01-01T00:00:00Z.
    let moment: Int64
    /// What it is told from.
    let now: Int64

    /// A few words; a date when it is more than a week away.
    var words: String {
        let seconds = now - moment
        switch seconds {
        // Clocks differ a little between machines.
        case ..<60 where seconds > -3600: return "just now"
        case 60..<3600: return "\(seconds / 60) min ago"
        case 3600..<86_400: return "\(seconds / 3600) h ago"
        case 86_400..<172_800: return "yesterday"
        case 172_800..<604_800: return "\(seconds / 86_400) days ago"
        default: return date
        }
    }

    /// `24 Nov 2025`.
    private var date: String {
        let time = CivilTime(secondsSinceEpoch: moment)
        return "\(time.day) \(time.monthName) \(time.year)"
    }

    /// With the exact time for programs, and for people who point at it.
    var html: HTML {
        let time = CivilTime(secondsSinceEpoch: moment)
        return #"<time datetime="\#(time.timestamp)" title="\#(date), \#(time.clockTime) UTC">\#(words)</time>"#
    }
}
