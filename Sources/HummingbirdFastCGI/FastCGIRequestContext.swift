public import FastCGI
public import Hummingbird
public import Logging

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
