public import AsyncHTTPClient
import NIOCore
import NIOSSL

/// Asks a running service how it is.
public enum HealthCheck {
    /// A client for it, to be shut down afterwards. It asks this machine by its address, which no certificate names,
    /// so it takes any.
    public static func client() -> HTTPClient {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.certificateVerification = .none
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Asks once.
    ///
    /// - Parameters:
    ///   - address: of `/health`.
    ///   - client: asks it.
    ///   - timeout: for the whole answer.
    /// - Returns: nil when the answer is 200, else what was wrong.
    public static func failure(_ address: String, client: HTTPClient, timeout: Duration) async -> String? {
        do {
            let response = try await client.execute(HTTPClientRequest(url: address), timeout: TimeAmount(timeout))
            _ = try await response.body.collect(upTo: 1 << 20)
            return response.status == .ok ? nil : "status \(response.status.code)"
        } catch {
            return "\(error)"
        }
    }
}
