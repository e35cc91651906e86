import AsyncHTTPClient
import NIOCore

/// How long and how much a source may be waited for, and how requests introduce themselves.
public struct UpstreamLimits: Sendable {
    /// The longest wait for a connection.
    public var connect: Duration = .seconds(10)
    /// The longest wait for a whole answer, from the request to the last byte.
    public var wholeAnswer: Duration = .seconds(30)
    /// The largest answer that is read, in bytes.
    public var answerBytes = 4 * 1024 * 1024
    /// What is sent as `User-Agent`.
    public var userAgent = "InstaCrawler"

    /// The limits of the default of each field.
    public init() {}
}

extension HTTPClient.Configuration {
    /// How the client of a source must be set up.
    ///
    /// Redirects are not followed: none of the services needs them, and what one says must not
    /// lead elsewhere. A connection that fails is not tried again behind the schedule's back.
    /// Requests are not traced, as their addresses hold the access token. No content coding is asked for; a response
    /// that has one all the same is decoded, within the limit of its size.
    public static func upstream(_ limits: UpstreamLimits = UpstreamLimits()) -> Self {
        var configuration = Self(redirectConfiguration: .disallow)
        configuration.timeout.connect = TimeAmount(limits.connect)
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.decompression = .enabled(limit: .size(limits.answerBytes))
        configuration.tracing.tracer = nil
        return configuration
    }
}
