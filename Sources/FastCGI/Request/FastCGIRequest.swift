/// A request that a web server sent, for a ``FastCGIServer/Handler``.
public struct FastCGIRequest: Sendable {
    /// CGI meta-variables and header fields.
    public let parameters: FastCGIParameters
    /// What the client sent after the head: to be read once, or not at all.
    public let body: FastCGIBody

    init(parameters: FastCGIParameters, exchange: any Exchange) {
        self.parameters = parameters
        body = FastCGIBody(exchange: exchange)
    }
}
