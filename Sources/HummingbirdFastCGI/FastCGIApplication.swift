public import FastCGI
import HTTPTypes
public import Hummingbird
public import Logging
import NIOCore
public import ServiceLifecycle

/// Runs a Hummingbird router behind a web server that speaks FastCGI. It corresponds to `Application`, which serves
/// HTTP.
///
/// ```swift
/// let router = Router(context: BasicFastCGIRequestContext.self)
/// router.get("hello") { _, _ in "Hello" }
/// let application = FastCGIApplication(router: router, listeners: [.unix(path: "/run/hello.sock")])
/// try await application.runService()
/// ```
///
/// The web server speaks HTTP to the client. A request is created from CGI variables (RFC 3875), and a response is
/// written in CGI format. Therefore, in contrast to `Application`, trailers are dropped, the web server controls
/// `Connection` and `Transfer-Encoding`, and connections cannot be upgraded.
public struct FastCGIApplication<Responder: HTTPResponder>: Service
where Responder.Context: InitializableFromSource<FastCGIRequestContextSource> {
    private let server: FastCGIServer
    private let handler: RequestHandler<Responder>
    private let limits: FastCGILimits
    private let services: [any Service]
    private let logger: Logger

    /// Creates an application from a responder. It listens once it runs.
    ///
    /// - Parameters:
    ///   - responder: produces the responses.
    ///   - listeners: the listening sockets: 1 to 64.
    ///   - workers: the number of threads, 1 to 256; nil for one per processor, and at least 2.
    ///   - limits: limits on what a peer may use.
    ///   - services: run together with the server. They start before it and shut down after it.
    ///   - onServerRunning: called once with the addresses of the listening sockets.
    ///   - logger: receives log messages. The logger of a request carries the request's ID, which is the web server's
    ///     `X-Request-ID` if there is one.
    public init(
        responder: Responder, listeners: [FastCGIListener], workers: Int? = nil,
        limits: FastCGILimits = FastCGILimits(), services: [any Service] = [],
        onServerRunning: @escaping @Sendable ([String]) async -> Void = { _ in },
        logger: Logger = Logger(label: "HummingbirdFastCGI")
    ) {
        let handler = RequestHandler(responder: responder, logger: logger)
        self.handler = handler
        self.limits = limits
        self.services = services
        self.logger = logger
        server = FastCGIServer(
            listeners: listeners, workers: workers, limits: limits, logger: logger, onListening: onServerRunning
        ) { request, response in
            try await handler.handle(request, response)
        }
    }

    /// Creates an application from a router, or from another builder of a responder. It listens once it runs.
    ///
    /// - Parameters:
    ///   - router: the router.
    ///   - listeners: the listening sockets: 1 to 64.
    ///   - workers: the number of threads, 1 to 256; nil for one per processor, and at least 2.
    ///   - limits: limits on what a peer may use.
    ///   - services: run together with the server. They start before it and shut down after it.
    ///   - onServerRunning: called once with the addresses of the listening sockets.
    ///   - logger: receives log messages.
    public init<Builder: HTTPResponderBuilder>(
        router: Builder, listeners: [FastCGIListener], workers: Int? = nil,
        limits: FastCGILimits = FastCGILimits(), services: [any Service] = [],
        onServerRunning: @escaping @Sendable ([String]) async -> Void = { _ in },
        logger: Logger = Logger(label: "HummingbirdFastCGI")
    ) where Builder.Responder == Responder {
        self.init(
            responder: router.buildResponder(), listeners: listeners, workers: workers, limits: limits,
            services: services, onServerRunning: onServerRunning, logger: logger)
    }

    /// The server's counters.
    public var statistics: FastCGIStatistics { server.statistics }

    /// Serves until a graceful shutdown or until the task is cancelled.
    ///
    /// - Throws: `FastCGIError` if the server cannot listen or a setting is out of range, or the error of a failed
    ///   service.
    public func run() async throws {
        guard !services.isEmpty else { return try await server.run() }
        try await ServiceGroup(services: services + [server], logger: logger).run()
    }

    /// Handles the one request for which a web server started this process as a CGI program.
    ///
    /// - Parameter environment: the variables of the process.
    public func answerCGI(environment: [String: String]) async throws {
        try await CGIProgram.answer(environment: environment, limits: limits, handler: handler.handle)
    }

    /// Serves until `SIGTERM`, `SIGINT` or `SIGUSR1`. multiwatch and some web servers send `SIGUSR1` to request a graceful
    /// shutdown.
    public func runService() async throws {
        try await ServiceGroup(
            services: [self], gracefulShutdownSignals: [.sigterm, .sigint, .sigusr1], logger: logger
        ).run()
    }
}

/// The source of a request context for a request that arrived over FastCGI.
public struct FastCGIRequestContextSource: RequestContextSource {
    /// The logger of the request. Its metadata contains the request's ID.
    public let logger: Logger
    /// The CGI meta-variables, such as `REMOTE_ADDR`, and header fields.
    public let parameters: FastCGIParameters

    /// Creates a source.
    public init(logger: Logger, parameters: FastCGIParameters) {
        self.logger = logger
        self.parameters = parameters
    }
}

/// A request context from which middleware and handlers read the CGI variables of the request.
public protocol FastCGIRequestContext: InitializableFromSource, RequestContext
where Source == FastCGIRequestContextSource {
    /// The CGI meta-variables, such as `REMOTE_ADDR`, and header fields.
    var cgi: FastCGIParameters { get }
}

/// The minimal ``FastCGIRequestContext``.
public struct BasicFastCGIRequestContext: FastCGIRequestContext {
    /// Hummingbird's part of a context.
    public var coreContext: CoreRequestContextStorage
    /// The CGI meta-variables, such as `REMOTE_ADDR`, and header fields.
    public let cgi: FastCGIParameters

    /// Creates a context.
    public init(source: FastCGIRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        cgi = source.parameters
    }
}

extension Request {
    /// Creates a Hummingbird request from a FastCGI request.
    ///
    /// - Returns: nil if the method is missing or is not a token.
    init?(_ request: FastCGIRequest) {
        guard let head = HTTPRequest(request.parameters) else { return nil }
        let body =
            request.body.isEmpty
            ? RequestBody(buffer: ByteBuffer()) : RequestBody(asyncSequence: ByteBuffers(request.body))
        self.init(head: head, body: body)
    }
}

/// The body of a request for Hummingbird. The server's limits become the corresponding HTTP errors.
struct ByteBuffers: AsyncSequence, Sendable {
    private let body: FastCGIBody

    init(_ body: FastCGIBody) {
        self.body = body
    }

    struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var pieces: FastCGIBody.AsyncIterator

        mutating func next() async throws -> ByteBuffer? {
            do {
                return try await pieces.next().map { ByteBuffer(bytes: $0) }
            } catch FastCGIError.bodyTooLarge {
                throw HTTPError(.contentTooLarge)
            } catch FastCGIError.receiveTimeout {
                throw HTTPError(.requestTimeout)
            }
        }
    }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(pieces: body.makeAsyncIterator())
    }
}

/// Adds a request's ID to its log messages.
///
/// Most requests log nothing. Therefore the ID is converted to text and merged with the other metadata only when a
/// message is logged.
struct RequestLogHandler: LogHandler {
    /// Hummingbird's name for the ID.
    static let key = "hb.request.id"

    private var inner: any LogHandler
    private let id: Logger.MetadataValue

    /// - Parameters:
    ///   - inner: the handler that logs the messages.
    ///   - id: the request's ID.
    init(_ inner: any LogHandler, id: Logger.MetadataValue) {
        self.inner = inner
        self.id = id
    }

    var logLevel: Logger.Level {
        get { inner.logLevel }
        set { inner.logLevel = newValue }
    }

    var metadataProvider: Logger.MetadataProvider? {
        get { inner.metadataProvider }
        set { inner.metadataProvider = newValue }
    }

    var metadata: Logger.Metadata {
        get { inner.metadata.merging([Self.key: id]) { own, _ in own } }
        set { inner.metadata = newValue }
    }

    subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { inner[metadataKey: key] ?? (key == Self.key ? id : nil) }
        set { inner[metadataKey: key] = newValue }
    }

    func log(event: LogEvent) {
        var event = event
        if event.metadata?[Self.key] == nil, inner[metadataKey: Self.key] == nil {
            event.metadata = (event.metadata ?? [:]).merging([Self.key: id]) { own, _ in own }
        }
        inner.log(event: event)
    }
}
