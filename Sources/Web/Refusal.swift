import Hummingbird
import Logging
import Posts

/// The one object of the original contract: `{"status":"OK","URI":"…"}` and a newline.
struct Envelope: Sendable, Equatable {
    let status: String
    let uri: String

    /// All is well, and this is the address asked for, if one was.
    static func ok(_ uri: String = "") -> Envelope { Envelope(status: "OK", uri: uri) }

    /// Something is not well.
    static func failure(_ reason: String) -> Envelope { Envelope(status: "NOT - OK: \(reason)", uri: "") }

    var json: JSON { .object(["status": .string(status), "URI": .string(uri)]) }
}

/// Every way in which a request is not answered with what it asked for.
///
/// What the reader learns is the envelope; why it happened stays in the log.
enum Refusal: Error, Equatable {
    /// A parameter is wrong; the text says what is allowed.
    case badRequest(String)
    /// The service has an access key, and the request did not show it.
    case unauthorized
    case notFound
    case methodNotAllowed
    /// The announced body is larger than there is any use for.
    case contentTooLarge
    /// A video was asked for where only pictures are served.
    case unsupportedMediaType
    case rangeNotSatisfiable
    case internalServerError
    /// A form was asked for that is not offered.
    case notImplemented
    /// Nothing has been found yet, or a picture cannot be had now; ask again after so many seconds. nginx serves the
    /// picture that it kept instead: of the statuses that say so, 502 and 504 cannot make it do that.
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

/// Answers every error with an envelope, and writes down those that nobody expected.
struct RefusalMiddleware<Context: RequestContext>: RouterMiddleware {
    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let refusal as Refusal {
            return refusal.response
        } catch let error as HTTPError where error.status == .notFound {
            // The router has no such path.
            return Refusal.notFound.response
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            context.logger.error("An unexpected error", metadata: ["error": "\(error)"])
            return Refusal.internalServerError.response
        }
    }
}
