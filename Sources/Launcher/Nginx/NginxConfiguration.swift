/// What nginx is run with.
public struct NginxConfiguration: Sendable {
    /// nginx: a name to look for in `PATH`, or a path.
    public var program = "nginx"
    /// The template of its configuration.
    public var template: String
    /// The directory of the template's snippets.
    public var directory: String
    /// A writable directory.
    public var runDirectory: String
    /// The responder's Unix socket.
    public var socket: String
    /// The address that nginx listens on.
    public var host: String
    /// The port that nginx listens on, 1...65,535.
    public var port: Int
    /// The process's environment; nginx gets `PATH` and `TZ` of it, and no secret.
    public var environment: [String: String]
    /// How long a graceful stop may take before it is cut short.
    public var stopTimeout = Duration.seconds(10)

    /// Makes a configuration; paths are absolute.
    public init(
        template: String, directory: String, runDirectory: String, socket: String, host: String, port: Int,
        environment: [String: String]
    ) {
        self.template = template
        self.directory = directory
        self.runDirectory = runDirectory
        self.socket = socket
        self.host = host
        self.port = port
        self.environment = environment
    }

    /// The variables of the template.
    public var variables: [TemplateVariable] {
        [
            TemplateVariable("PORT", String(port), .port),
            TemplateVariable("INSTACRAWLER_HOST", host, .host),
            TemplateVariable("INSTACRAWLER_SOCKET", socket, .path),
            TemplateVariable("INSTACRAWLER_RUN", runDirectory, .path),
            TemplateVariable("INSTACRAWLER_NGINX", directory, .path),
        ]
    }
}
