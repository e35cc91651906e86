import Hummingbird
import Logging
import Posts

/// The JSON object of the original contract: `{"status":"OK","URI":"…"}` and a newline.
struct Envelope: Sendable, Equatable {
    let status: String
    let uri: String

    /// Success, with an address if the client requested one.
    static func ok(_ uri: String = "") -> Envelope { Envelope(status: "OK", uri: uri) }

    /// Failure, with a reason.
    static func failure(_ reason: String) -> Envelope { Envelope(status: "NOT - OK: \(reason)", uri: "") }

    var json: JSON { .object(["status": .string(status), "URI": .string(uri)]) }
}

/// An error that becomes a response.
///
/// The client gets the envelope; the cause appears only in the log.
enum Refusal: Error, Equatable {
    /// A parameter is invalid; the text states the allowed values.
    case badRequest(String)
    /// The service has an access key, and the request does not contain it.
    case unauthorized
    case notFound
    case methodNotAllowed
    /// The announced body exceeds the limit.
    case contentTooLarge
    /// The request names a video, but the route serves only pictures.
    case unsupportedMediaType
    case rangeNotSatisfiable
    case internalServerError
    /// The requested format is not supported.
    case notImplemented
    /// Nothing has been found yet, or a picture cannot be fetched now; the client may retry after `retryAfter` seconds.
    /// nginx then serves its stale copy of the picture, which it cannot do for 502 and 504.
    case unavailable(retryAfter: Int)

    var status: HTTPResponse.Status {
        switch self {
        case .badRequest: .badRequest
        case .unauthorized: .unauthorized
        case .notFound: .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .contentTooLarge: .contentTooLarge
        case .unsupportedMediaType: .unsupportedMediaType
        case .rangeNotSatisfiable: .rangeNotSatisfiable
        case .internalServerError: .internalServerError
        case .notImplemented: .notImplemented
        case .unavailable: .serviceUnavailable
        }
    }

    var envelope: Envelope {
        switch self {
        case .badRequest(let allowed): .failure("400 Bad Request: \(allowed)")
        case .unauthorized: .failure("401 Unauthorized")
        case .notFound: .failure("404")
        case .methodNotAllowed: .failure("405 Method Not Allowed")
        case .contentTooLarge: .failure("413 Content Too Large")
        case .unsupportedMediaType: .failure("415 Unsupported Media Type")
        case .rangeNotSatisfiable: .failure("416 Requested Range Not Satisfiable")
        case .internalServerError: .failure("500 Internal Server Error")
        case .notImplemented: .failure("501 Not Implemented")
        case .unavailable: .failure("503 Service Unavailable")
        }
    }

    var response: Response {
        var headers: HTTPFields = [
            .contentType: JSON.contentType,
            .cacheControl: CachePolicy.never.directives,
        ]
        switch self {
        case .unauthorized: headers[.wwwAuthenticate] = "Bearer"
        case .methodNotAllowed: headers[.allow] = "GET, HEAD"
        case .unavailable(let seconds): headers[.retryAfter] = String(seconds)
        default: break
        }
        return Response(
            status: status, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: envelope.json.encoded))
        )
    }
}

/// Turns every error into an envelope, and logs unexpected errors.
struct RefusalMiddleware<Context: RequestContext>: RouterMiddleware {
    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let refusal as Refusal {
            return refusal.response
        } catch let error as HTTPError where error.status == .notFound {
            // The router has no route for this path.
            return Refusal.notFound.response
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            context.logger.error("An unexpected error", metadata: ["error": "\(error)"])
            return Refusal.internalServerError.response
        }
    }
}
