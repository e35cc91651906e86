import FoundationEssentials
import Hummingbird
import HummingbirdTesting
import Testing

@testable import Sandbox

/// Asks a sandbox without a network, as a client of the Graph API does.
struct GraphClient {
    /// What the client knows of the sandbox.
    let configuration: SandboxConfiguration

    private let client: any TestClientProtocol

    /// Runs a test against the routes of one sandbox.
    static func with<Value: Sendable>(
        _ configuration: SandboxConfiguration = SandboxConfiguration(),
        clock: TestClock = TestClock(),
        _ body: @escaping @Sendable (GraphClient) async throws -> Value
    ) async throws -> Value {
        let router = SandboxRouter.make(
            configuration: configuration,
            script: FaultScript(rules: configuration.faults, seed: configuration.seed, now: clock.now), now: clock.now)
        return try await Application(router: router).test(.router) { client in
            try await body(GraphClient(configuration: configuration, client: client))
        }
    }

    /// Sends a request; `path` may be an address that the sandbox gave.
    func send(
        _ path: String, method: HTTPRequest.Method = .get, headers: HTTPFields = [:]
    ) async throws -> TestResponse {
        let origin = "http://localhost"
        let uri = path.hasPrefix(origin) ? String(path.dropFirst(origin.count)) : path
        return try await client.execute(uri: uri, method: method, headers: headers)
    }

    /// Sends a call with the user's id and the token, and expects status 200.
    func get<Answer: Decodable>(
        _ path: String,
        _ parameters: String = "",
        as type: Answer.Type = Answer.self
    ) async throws -> Answer {
        let response = try await send(address(path, parameters))
        #expect(response.status == .ok, "\(String(buffer: response.body))")
        return try JSONDecoder().decode(Answer.self, from: Data(response.body.readableBytesView))
    }

    /// Sends a call and expects an error's envelope.
    func failure(_ uri: String, status: HTTPResponse.Status = .badRequest) async throws -> GraphAnswer.Failure {
        let response = try await send(uri)
        #expect(response.status == status)
        #expect(response.headers[.contentType] == "application/json; charset=UTF-8")
        return try JSONDecoder()
            .decode(GraphAnswer.Refusal.self, from: Data(response.body.readableBytesView)).error
    }

    /// The id of a hashtag.
    func id(of name: String) async throws -> String {
        let answer: GraphAnswer.List = try await get("ig_hashtag_search", "&q=\(name.percentEncoded)")
        return try #require(answer.data.first?.id)
    }

    /// A path under the API's version, with the parameters that every call needs.
    func address(_ path: String, _ parameters: String = "") -> String {
        "/v23.0/\(path)?user_id=\(configuration.userID)&access_token=\(configuration.accessToken)\(parameters)"
    }
}
