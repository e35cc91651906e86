import AsyncHTTPClient

/// The client of the tests, set up as that of a source must be.
enum TestClient {
    /// Lives as long as the tests do, so nothing shuts it down.
    static let shared = HTTPClient(
        eventLoopGroup: .singletonMultiThreadedEventLoopGroup, configuration: .upstream()
    )
}
