/// Why a picture could not be had. For the log; readers only learn 503.
package enum PictureError: Error, Equatable, CustomStringConvertible {
    /// The address is not one that a picture is fetched from.
    case badAddress
    /// The host is, or leads to, an address that is not public.
    case forbiddenHost(String)
    /// The name of the host is not known.
    case unknownHost(String)
    /// Upstream sends the reader on too often.
    case tooManyRedirects
    /// Upstream answered with something other than the picture.
    case status(Int)
    /// It is more than the limit, in bytes.
    case tooLarge(limit: Int)
    /// The first bytes are not those of a kind of picture that is passed on; what upstream calls them.
    case notAPicture(declared: String)
    /// Too many pictures are being fetched.
    case busy
    /// Upstream was too slow.
    case timedOut
    /// The connection could not be made, or broke.
    case broken(String)

    /// Whether another address of the same picture may have it.
    var isWorthAnotherAddress: Bool {
        switch self {
        case .timedOut, .busy: false
        default: !Task.isCancelled
        }
    }

    /// Whether upstream has nothing under that address, for it has expired, or never had.
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
