/// What a ``SandboxServer`` emulates, and where it listens.
///
/// Every field has a default, so that `SandboxConfiguration()` serves on a free port of the loopback interface:
///
/// ```swift
/// var configuration = SandboxConfiguration()
/// configuration.period = .seconds(1)
/// ```
///
/// ``validate()`` says what is allowed; the server calls it before it listens.
package struct SandboxConfiguration: Sendable, Equatable {
    /// The least ``historyCount``: a client has to page, whatever its page's size.
    package static let leastHistoryCount = 60

    /// Where to listen: `localhost`, `::1`, or an IPv4 address that starts with `127.`. Default `127.0.0.1`.
    ///
    /// Nothing else is accepted, because the sandbox hands its posts and its token to whoever asks.
    package var host: String

    /// The port, 0 to 65535. Default 0: any free one, see ``SandboxServer/address()``.
    package var port: Int

    /// How many posts of each hashtag are visible, at least ``leastHistoryCount``. Default 240.
    package var historyCount: Int

    /// How long until each hashtag gets another post; more than zero. Default 5 s.
    package var period: Duration

    /// How long each picture waits before its first byte; zero or more. Default zero.
    package var pictureDelay: Duration

    /// How long the address of a picture that the Graph API hands out lasts at most, and half of that at least: then it
    /// is answered 403. One second or more. Default 4 days.
    package var pictureLifetime: Duration

    /// The most posts on a page, 1 or more; a client that asks for more gets this many. Default 50, as upstream.
    package var pageLimit: Int

    /// The only access token that is accepted; not empty. Default `sandbox-token`.
    package var accessToken: String

    /// Whether the Graph API's cursor is the same on every page of a list, and leads to the next page all the same. That
    /// is how upstream documents it; it takes one client a hashtag. Default false.
    package var repeatsCursors: Bool

    /// The id of the only user that may search; digits. Default `17841400000000000`.
    package var userID: String

    /// The manners of the two kinds of servers that have Mastodon's timeline.
    package enum Manners: String, Sendable, CaseIterable {
        /// `Link` and rate-limit headers; 401 without a token where one is needed.
        case mastodon
        /// No `Link`, no `since_id`; 403 without a token where one is needed.
        case pixelfed
    }

    /// How Mastodon's timeline behaves. Default Mastodon's own way.
    package var manners: Manners

    /// The token that Mastodon's timeline wants; empty, the default, for none.
    package var mastodonToken: String

    /// Which faults are shown, and when: the first rule that applies to a request counts. Default none.
    package var faults: [FaultRule]

    /// Makes the chances of faults repeatable. Default 1.
    package var seed: UInt64

    /// Creates a configuration; each parameter is the field of its name.
    package init(
        host: String = "127.0.0.1",
        port: Int = 0,
        historyCount: Int = 240,
        period: Duration = .seconds(5),
        pictureDelay: Duration = .zero,
        pictureLifetime: Duration = .seconds(345_600),
        pageLimit: Int = 50,
        repeatsCursors: Bool = false,
        accessToken: String = "sandbox-token",
        userID: String = "17841400000000000",
        manners: Manners = .mastodon,
        mastodonToken: String = "",
        faults: [FaultRule] = [],
        seed: UInt64 = 1
    ) {
        self.host = host
        self.port = port
        self.historyCount = historyCount
        self.period = period
        self.pictureDelay = pictureDelay
        self.pictureLifetime = pictureLifetime
        self.pageLimit = pageLimit
        self.repeatsCursors = repeatsCursors
        self.accessToken = accessToken
        self.userID = userID
        self.manners = manners
        self.mastodonToken = mastodonToken
        self.faults = faults
        self.seed = seed
    }

    private static let mostHistoryCount = 1_000_000
    /// Its nanoseconds fit into 64 bits, which is what timers count with.
    private static let longestDuration = Duration.seconds(100_000 * 86_400)

    /// Checks every field.
    ///
    /// - Throws: ``SandboxError/notLoopback(host:)`` or ``SandboxError/invalidSetting(name:value:allowed:)``, for
    ///   the first field that is out of its range.
    package func validate() throws(SandboxError) {
        guard Loopback.contains(host) else { throw .notLoopback(host: host) }
        try require((0...65_535).contains(port), "port", port, "0 to 65535")
        let least = Self.leastHistoryCount
        let most = Self.mostHistoryCount
        try require((least...most).contains(historyCount), "historyCount", historyCount, "\(least) to \(most)")
        let longest = Self.longestDuration
        try require(period > .zero && period <= longest, "period", period, "more than zero, at most 100000 days")
        try require(
            (.zero...longest).contains(pictureDelay), "pictureDelay", pictureDelay, "zero to 100000 days")
        try require(
            (.seconds(1)...longest).contains(pictureLifetime), "pictureLifetime", pictureLifetime, "1 s to 100000 days")
        try require(pageLimit >= 1, "pageLimit", pageLimit, "1 or more")
        // The value of a token stays out of the error, even of a wrong one.
        try require(!accessToken.isEmpty, "accessToken", "", "a text that is not empty")
        try require(userID.isDigits, "userID", userID, "digits")
    }

    private func require(
        _ holds: Bool,
        _ name: String,
        _ value: some CustomStringConvertible,
        _ allowed: String
    ) throws(SandboxError) {
        guard holds else { throw .invalidSetting(name: name, value: value.description, allowed: allowed) }
    }
}

/// Why a sandbox does not listen.
package enum SandboxError: Error, Equatable {
    /// The host is not a name or an address of the loopback interface.
    case notLoopback(host: String)
    /// A field of the configuration is out of its range.
    case invalidSetting(name: String, value: String, allowed: String)
    /// The address could not be bound: the port is taken, as a rule. `reason` is the system's word.
    case cannotListen(host: String, port: Int, reason: String)
    /// ``SandboxServer/run()`` was called a second time.
    case alreadyRun
    /// The server has stopped, and has no address any more.
    case stopped
}

extension SandboxError: CustomStringConvertible {
    /// One line that names what is wrong and what is allowed.
    package var description: String {
        switch self {
        case .notLoopback(let host):
            "the sandbox does not listen on '\(host)': allowed are localhost, ::1 and addresses that start with 127."
        case .invalidSetting(let name, let value, let allowed):
            "the sandbox's \(name) is '\(value)': allowed is \(allowed)"
        case .cannotListen(let host, let port, let reason):
            "the sandbox cannot listen on \(host), port \(port): \(reason)"
        case .alreadyRun:
            "the sandbox was run before: make a new server to run it again"
        case .stopped:
            "the sandbox has stopped"
        }
    }
}
