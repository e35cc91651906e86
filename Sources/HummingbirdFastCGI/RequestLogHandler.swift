import Hummingbird
import Logging

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
