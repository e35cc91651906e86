/// The settings of a ``SandboxServer``.
///
/// Every field has a default. `SandboxConfiguration()` serves on a free port of the loopback interface:
///
/// ```swift
/// var configuration = SandboxConfiguration()
/// configuration.period = .seconds(1)
/// ```
///
/// The server calls ``validate()`` before it listens.
package struct SandboxConfiguration: Sendable, Equatable {
    /// The smallest ``historyCount``. It exceeds every page size, so that clients must page.
    package static let leastHistoryCount = 60

    /// The address to listen on: `localhost`, `::1`, or an IPv4 address that starts with `127.`. Default `127.0.0.1`.
    ///
    /// Other addresses are rejected because the sandbox gives its posts and its token to every client.
    package var host: String

    /// The port, 0 to 65535. Default 0, which takes any free port; see ``SandboxServer/address()``.
    package var port: Int

    /// The number of visible posts of each hashtag, at least ``leastHistoryCount``. Default 240.
    package var historyCount: Int

    /// The time between two posts of a hashtag, more than zero. Default 5 s.
    package var period: Duration

    /// The delay before the first byte of a picture, zero or more. Default zero.
    package var pictureDelay: Duration

    /// The longest validity of a picture's address from the Graph API, 1 s or more. The shortest is half of it. Expired
    /// addresses get status 403. Default 4 days.
    package var pictureLifetime: Duration

    /// The largest page, 1 or more. A client that requests more posts gets this many. Default 50, as upstream.
    package var pageLimit: Int

    /// The only accepted access token; not empty. Default `sandbox-token`.
    package var accessToken: String

    /// Whether the Graph API uses the same cursor for every page of a list, as upstream documents it. The cursor still
    /// leads to the next page, but only one client can page through a hashtag. Default `false`.
    package var repeatsCursors: Bool

    /// The ID of the only user that may search, in digits. Default `17841400000000000`.
    package var userID: String

    /// The two kinds of servers with Mastodon's timeline.
    package enum Manners: String, Sendable, CaseIterable {
        /// Sends `Link` and rate-limit headers, and status 401 without a required token.
        case mastodon
        /// Sends no `Link`, ignores `since_id`, and sends status 403 without a required token.
        case pixelfed
    }

    /// The behaviour of Mastodon's timeline. Default `mastodon`.
    package var manners: Manners

    /// The token that Mastodon's timeline requires. Default empty, which requires none.
    package var mastodonToken: String

    /// The faults and their times; the first rule that matches a request applies. Default none.
    package var faults: [FaultRule]

    /// Makes random faults repeatable. Default 1.
    package var seed: UInt64

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
    /// The longest duration whose nanoseconds safely fit into the 64 bits of a timer.
    private static let longestDuration = Duration.seconds(100_000 * 86_400)

    /// Checks every field.
    ///
    /// - Throws: ``SandboxError/notLoopback(host:)`` or ``SandboxError/invalidSetting(name:value:allowed:)`` for the
    ///   first invalid field.
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
        // The error does not contain the token, even if it is invalid.
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

/// The reason why a sandbox does not listen.
package enum SandboxError: Error, Equatable {
    /// The host is not a name or address of the loopback interface.
    case notLoopback(host: String)
    /// A field of the configuration is invalid.
    case invalidSetting(name: String, value: String, allowed: String)
    /// The address could not be bound, usually because the port is in use. `reason` is the system's message.
    case cannotListen(host: String, port: Int, reason: String)
    /// ``SandboxServer/run()`` was called again.
    case alreadyRun
    /// The server has stopped and no longer has an address.
    case stopped
}

extension SandboxError: CustomStringConvertible {
    /// One line that names the invalid value and the allowed values.
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
