import AsyncHTTPClient

/// The HTTP client of the tests, configured like that of a source.
enum TestClient {
    /// Lives as long as the tests, so nothing shuts it down.
    static let shared = HTTPClient(
        eventLoopGroup: .singletonMultiThreadedEventLoopGroup, configuration: .upstream()
    )
}
