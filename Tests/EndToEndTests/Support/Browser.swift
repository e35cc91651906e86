import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Sends HTTP requests over any number of connections.
struct Browser: Sendable {
    struct Answer: Sendable {
        var status: Int
        var headers: HTTPHeaders
        var body: [UInt8]
        var text: String { String(decoding: body, as: UTF8.self) }
    }

    let base: String

    static let client: HTTPClient = {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 400
        configuration.connectionPool.idleTimeout = .seconds(1)
        // Lives as long as the tests.
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    func get(_ path: String, _ headers: [(String, String)] = []) async throws -> Answer {
        try await ask(.GET, path, headers)
    }

    func ask(_ method: HTTPMethod, _ path: String, _ headers: [(String, String)] = []) async throws -> Answer {
        var request = HTTPClientRequest(url: base + path)
        request.method = method
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        let response = try await Self.client.execute(request, timeout: .seconds(30))
        let body = try await response.body.collect(upTo: 64 << 20)
        return Answer(status: Int(response.status.code), headers: response.headers, body: Array(body.readableBytesView))
    }
}
