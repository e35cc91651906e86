public import FastCGI
public import Hummingbird
public import Logging
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
