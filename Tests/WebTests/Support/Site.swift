import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import Posts
import Prometheus
import TestSupport

@testable import Pictures
@testable import Web

/// Runs a test against the web interface, without a server in between.
func withSite<Value>(
    _ gallery: Gallery? = nil,
    health: HealthReport = HealthReport(),
    pictures: PictureProxy = PictureProxy(resolver: HostResolver { _ in [] }),
    metrics: MetricsRegistry = MetricsRegistry(),
    accessKey: AccessKey? = nil,
    logger: Logger = .silent,
    _ test: @escaping @Sendable (any TestClientProtocol) async throws -> Value
) async throws -> Value {
    try await withSite(
        box: GalleryBox(try gallery ?? Sample.gallery()), health: health, pictures: pictures, metrics: metrics,
        accessKey: accessKey, logger: logger, test)
}

/// Runs a test against the web interface with a gallery that changes during the test.
func withSite<Value>(
    box: GalleryBox,
    events: EventBroadcaster? = nil,
    health: HealthReport = HealthReport(),
    pictures: PictureProxy = PictureProxy(resolver: HostResolver { _ in [] }),
    metrics: MetricsRegistry = MetricsRegistry(),
    accessKey: AccessKey? = nil,
    logger: Logger = .silent,
    _ test: @escaping @Sendable (any TestClientProtocol) async throws -> Value
) async throws -> Value {
    let web = WebApplication(
        context: TestContext.self, gallery: box, health: { health }, pictures: pictures, events: events,
        metrics: metrics, accessKey: accessKey, logger: logger, now: { Sample.now }
    )
    return try await Application(responder: TestServer(inner: web.buildResponder()), logger: logger).test(.router) {
        client in
        try await test(client)
    }
}

extension HTTPField.Name {
    /// The scheme that the web server of a test reports.
    static let testScheme = Self("Test-Scheme")
    /// The fields for nginx that the web server of a test allows in responses.
    static let testAcceleration = Self("Test-Acceleration")
}

struct TestContext: WebServerContext {
    var coreContext: CoreRequestContextStorage
    var acceleration: Acceleration?

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
    }
}

/// Replaces the web server: passes the values in a test's header fields to the responder.
private struct TestServer<Inner: HTTPResponder<TestContext>>: HTTPResponder {
    let inner: Inner

    func respond(to request: Request, context: TestContext) async throws -> Response {
        var head = request.head
        var context = context
        if let name = HTTPField.Name.testAcceleration {
            context.acceleration = request.headers[name].flatMap(Acceleration.init)
        }
        if let name = HTTPField.Name.testScheme, let scheme = request.headers[name] { head.scheme = scheme }
        return try await inner.respond(to: Request(head: head, body: request.body), context: context)
    }
}

extension TestClientProtocol {
    func get(_ uri: String, _ headers: HTTPFields = [:], method: HTTPRequest.Method = .get) async throws -> TestResponse
    {
        try await executeRequest(uri: uri, method: method, headers: headers, body: nil)
    }

    /// Requests a page as a browser does.
    func page(_ uri: String) async throws -> TestResponse {
        try await get(uri, [.accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"])
    }
}

extension TestResponse {
    var text: String { String(buffer: body) }
}

/// The envelopes of the contract, byte for byte.
enum Body {
    static let ok = #"{"status":"OK","URI":""}"# + "\n"
    static let notFound = #"{"status":"NOT - OK: 404","URI":""}"# + "\n"
    static let outOfRange = #"{"status":"NOT - OK: 416 Requested Range Not Satisfiable","URI":""}"# + "\n"
    static let nothingYet = #"{"status":"NOT - OK: 503 Service Unavailable","URI":""}"# + "\n"
    static let wrongMethod = #"{"status":"NOT - OK: 405 Method Not Allowed","URI":""}"# + "\n"

    static func picture(_ number: Int) -> String {
        #"{"status":"OK","URI":"https://pictures.example/\#(number).jpg"}"# + "\n"
    }
}
