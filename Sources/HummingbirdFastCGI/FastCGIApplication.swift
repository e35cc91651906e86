public import FastCGI
import FastCGI
import HTTPTypes
public import Hummingbird
import Hummingbird
public import Logging
import Logging
import NIOCore
public import ServiceLifecycle

/// Runs a Hummingbird responder, such as a router, as a FastCGI responder: what `Application` is for HTTP.
///
/// ```swift
/// let router = Router(context: BasicFastCGIRequestContext.self)
/// router.get("hello") { request, context in "Hello" }
/// let application = FastCGIApplication(
///     responder: router.buildResponder(), listeners: [.unix(path: "/run/hello.sock")], logger: Logger(label: "hello"))
/// try await application.runService()
/// ```
///
/// The web server's HTTP is what clients see; here a request is made of the CGI variables, and an answer is
/// written as a CGI program writes one. Differences from `Application` that follow from that: trailers are
/// dropped, `Connection` and `Transfer-Encoding` are left to the web server, and there is no upgrade.
public struct FastCGIApplication<Responder: HTTPResponder>: Service
where Responder.Context: InitializableFromSource<FastCGIRequestContextSource> {
    private let server: FastCGIServer
    private let handler: RequestHandler<Responder>
    private let limits: FastCGILimits
    private let logger: Logger

    /// Makes an application; it listens once it runs.
    ///
    /// - Parameters:
    ///   - responder: answers the requests.
    ///   - listeners: where to listen, at least one.
    ///   - workers: threads, 1...256; as many as processors, and at least 2, when nil.
    ///   - limits: what a peer may take.
    ///   - logger: where to log; each request's logger carries its id, the `X-Request-ID` of the web server
    ///     when there is one.
    ///   - onListening: called once with the addresses.
    public init(
        responder: Responder, listeners: [FastCGIListener], workers: Int? = nil,
        limits: FastCGILimits = FastCGILimits(), logger: Logger,
        onListening: @escaping @Sendable ([String]) async -> Void = { _ in }
    ) {
        let handler = RequestHandler(responder: responder, logger: logger)
        self.handler = handler
        self.limits = limits
        self.logger = logger
        server = FastCGIServer(
            listeners: listeners, workers: workers, limits: limits, logger: logger, onListening: onListening
        ) { request, response in
            try await handler.handle(request, response)
        }
    }

    /// What the server has counted.
    public var statistics: FastCGIStatistics { server.statistics }

    /// Serves until a graceful shutdown or until the task is cancelled.
    ///
    /// - Throws: ``FastCGI/FastCGIError`` when it cannot listen, or when a setting is not allowed.
    public func run() async throws {
        try await server.run()
    }

    /// Answers the one request that a web server started this process for as a plain CGI program.
    ///
    /// - Parameter environment: the process's variables.
    public func answerCGI(environment: [String: String]) async throws {
        try await CGIProgram.answer(environment: environment, limits: limits, handler: handler.handle)
    }

    /// Serves until `SIGTERM`, `SIGINT`, or `SIGUSR1`, with which multiwatch and some web servers ask for a graceful end.
    public func runService() async throws {
        try await ServiceGroup(
            services: [self], gracefulShutdownSignals: [.sigterm, .sigint, .sigusr1], logger: logger
        ).run()
    }
}

/// What a request context is made from when the request came over FastCGI.
public struct FastCGIRequestContextSource: RequestContextSource {
    /// The logger of the request; its metadata holds the request's id.
    public let logger: Logger
    /// CGI meta-variables, such as `REMOTE_ADDR`, and header fields.
    public let parameters: FastCGIParameters

    /// Makes a source.
    public init(logger: Logger, parameters: FastCGIParameters) {
        self.logger = logger
        self.parameters = parameters
    }
}

/// A request context for FastCGI that holds no more than Hummingbird needs.
public struct BasicFastCGIRequestContext: RequestContext {
    /// Where the context comes from.
    public typealias Source = FastCGIRequestContextSource

    /// What Hummingbird keeps in a context.
    public var coreContext: CoreRequestContextStorage
    /// CGI meta-variables, such as `REMOTE_ADDR`, and header fields.
    public let cgi: FastCGIParameters

    /// Makes a context.
    public init(source: FastCGIRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        cgi = source.parameters
    }
}

extension Request {
    /// Makes a request of one that came over FastCGI.
    ///
    /// - Returns: nil when it has no method, or one that is no token.
    init?(_ request: FastCGIRequest) {
        guard let head = HTTPRequest(request.parameters) else { return nil }
        let body =
            request.body.isEmpty
            ? RequestBody(buffer: ByteBuffer()) : RequestBody(asyncSequence: ByteBuffers(request.body))
        self.init(head: head, body: body)
    }
}

/// The body of a request as Hummingbird reads it. Limits of the server become the HTTP errors that stand for
/// them.
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

/// Adds a request's id to what is logged about it.
///
/// Most requests log nothing, so the id is made into text, and put beside the other metadata, only when something is.
struct RequestLogHandler: LogHandler {
    /// The name by which Hummingbird knows the id.
    static let key = "hb.request.id"

    private var inner: any LogHandler
    private let id: Logger.MetadataValue

    /// - Parameters:
    ///   - inner: does the logging.
    ///   - id: of the request.
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
