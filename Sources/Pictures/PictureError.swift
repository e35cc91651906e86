/// The reason why a picture is not available. It is logged; clients only get status 503.
package enum PictureError: Error, Equatable, CustomStringConvertible {
    /// The address is not an `http` or `https` URL with a plain host.
    case badAddress
    /// The host is, or resolves to, an address that is not public.
    case forbiddenHost(String)
    /// The host's name cannot be resolved.
    case unknownHost(String)
    /// Upstream redirects too often.
    case tooManyRedirects
    /// Upstream responded with an unexpected status.
    case status(Int)
    /// The picture is larger than the limit, in bytes.
    case tooLarge(limit: Int)
    /// The first bytes are not those of a supported picture; `declared` is upstream's type.
    case notAPicture(declared: String)
    /// Too many pictures are being fetched.
    case busy
    /// Upstream was too slow.
    case timedOut
    /// The connection failed.
    case broken(String)

    /// Whether another address of the picture is worth a try.
    var isWorthAnotherAddress: Bool {
        switch self {
        case .timedOut, .busy: false
        default: !Task.isCancelled
        }
    }

    /// Whether upstream has no picture at the address, because it has expired or never existed.
    package var isOfAddress: Bool {
        switch self {
        case .status(let code): [403, 404, 410].contains(code)
        default: false
        }
    }

    /// One line for the log.
    package var description: String {
        switch self {
        case .badAddress: "the address is not an http or https address of a host"
        case .forbiddenHost(let host): "\(host) leads to an address that is not public"
        case .unknownHost(let host): "\(host) has no known address"
        case .tooManyRedirects: "too many redirects"
        case .status(let code): "upstream answered with status \(code)"
        case .tooLarge(let limit): "the picture has more than \(limit) bytes"
        case .notAPicture(let declared): "the bytes, declared as \(declared), are not a raster picture"
        case .busy: "too many pictures are being fetched"
        case .timedOut: "upstream took too long"
        case .broken(let reason): "the connection broke: \(reason)"
        }
    }
}
