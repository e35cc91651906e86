import Hummingbird
import ServiceLifecycle

/// Applies the faults of a script.
struct FaultMiddleware<Context: RequestContext>: RouterMiddleware {
    /// Longer than the timeout of every client.
    private static var silence: Duration { .seconds(3_600) }

    let script: FaultScript
    let response: FaultResponse

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard let call = SandboxCall(path: request.uri.path), let fault = script.next(call) else {
            return try await next(request, context)
        }
        switch fault {
        case .timeout:
            // The wait ends if the client disconnects or the sandbox stops.
            try await cancelWhenGracefulShutdown {
                try await request.body.consumeWithCancellationOnInboundClose { _ in
                    try await Task.sleep(for: Self.silence)
                }
            }
            return Response(status: .gatewayTimeout)
        case .reset: return response.broken
        case .truncate: return response.half(of: try await body(of: try await next(request, context)))
        case .drip: return response.dripping(try await body(of: try await next(request, context)))
        case .wrongTypes: return response.wrongTypes(call.interface)
        case .huge: return response.huge
        case .redirect: return response.redirect(query: request.uri.query)
        case .status(let code, let retryAfter): return response.status(code, retryAfter: retryAfter)
        case .error(let code, let subcode, let minutes):
            return response.error(code: code, subcode: subcode, minutes: minutes)
        case .usage(let percent, let minutes):
            return response.usage(percent: percent, minutes: minutes ?? 0, in: try await next(request, context))
        }
    }

    private func body(of response: Response) async throws -> ByteBuffer {
        let collected = Collected()
        try await response.body.write(CollectingWriter(collected: collected))
        return collected.buffer
    }
}

/// The data of a ``CollectingWriter``; only one task uses it.
private final class Collected {
    var buffer = ByteBuffer()
}

private struct CollectingWriter: ResponseBodyWriter {
    let collected: Collected

    mutating func write(_ buffer: ByteBuffer) async throws {
        var buffer = buffer
        collected.buffer.writeBuffer(&buffer)
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}

/// The interface and route of a request.
package struct SandboxCall: Sendable, Hashable, CustomStringConvertible {
    /// The emulated interfaces.
    package enum Interface: String, Sendable, CaseIterable {
        case graph, mastodon, flickr, media
    }

    package var interface: Interface
    /// The route, such as `recent_media`, `timeline`, `feed`.
    package var route: String

    package init(_ interface: Interface, _ route: String) {
        self.interface = interface
        self.route = route
    }

    /// The form `graph:recent_media`.
    package var description: String { "\(interface.rawValue):\(route)" }

    /// All routes.
    static let all: [SandboxCall] = [
        .init(.graph, "ig_hashtag_search"), .init(.graph, "hashtag"), .init(.graph, "recent_media"),
        .init(.graph, "top_media"), .init(.graph, "recently_searched_hashtags"), .init(.mastodon, "timeline"),
        .init(.mastodon, "instance"), .init(.flickr, "feed"), .init(.media, "file"),
    ]

    /// The call of a path; `nil` if it is not part of an emulated interface.
    init?(path: String) {
        let parts = path.split(separator: "/")
        switch parts.first {
        case "media": self.init(.media, "file")
        case "services": self.init(.flickr, "feed")
        case "api": self.init(.mastodon, parts.last == "instance" ? "instance" : "timeline")
        default:
            guard let last = parts.last.map(String.init), parts.count >= 2 else { return nil }
            let route = parts.count == 2 && last.isDigits ? "hashtag" : last
            guard Self.all.contains(SandboxCall(.graph, route)) else { return nil }
            self.init(.graph, route)
        }
    }
}

/// A fault that replaces or changes a response.
package enum SandboxFault: Sendable, Hashable {
    /// No response until the client gives up.
    case timeout
    /// The connection breaks in the middle of the response.
    case reset
    /// A complete HTTP response with half of the JSON.
    case truncate
    /// The response at one byte a second.
    case drip
    /// JSON whose values have undocumented types.
    case wrongTypes
    /// A response of 1 GB.
    case huge
    /// A redirect to another host that keeps the query, including the token.
    case redirect
    /// An HTTP status, optionally with `Retry-After` in seconds.
    case status(Int, retryAfter: Int? = nil)
    /// An error of the Graph API with its code and subcode. `minutes` is the time in the usage headers until calls are
    /// accepted again.
    case error(code: Int, subcode: Int? = nil, minutes: Int? = nil)
    /// The response of the Graph API with the used part of the allowance, in percent, in the usage headers. `minutes`
    /// is the time until calls are accepted again.
    case usage(percent: Int, minutes: Int? = nil)
}

extension SandboxFault {
    /// Whether only the Graph API has this fault.
    var isOfGraphOnly: Bool {
        switch self {
        case .error, .usage: true
        default: false
        }
    }

    static let allowed = """
        timeout, reset, truncate, drip, wrong-types, huge, redirect, a status of 300 to 599 such as 429 or \
        503:RETRY_SECONDS, error:CODE or error:CODE/SUBCODE, or usage:PERCENT, the last two also with :MINUTES
        """

    /// Parses a fault; `nil` if `text` is not one.
    init?(_ text: Substring) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        switch parts[0] {
        case "error":
            guard (2...3).contains(parts.count) else { return nil }
            let codes = parts[1].split(separator: "/", omittingEmptySubsequences: false).map(Self.number)
            guard let code = codes[0], codes.count == 1 || codes.count == 2 && codes[1] != nil else { return nil }
            self = .error(code: code, subcode: codes.count == 2 ? codes[1] : nil)
            guard parts.count == 3 else { return }
            guard let minutes = Self.number(parts[2]) else { return nil }
            self = .error(code: code, subcode: codes.count == 2 ? codes[1] : nil, minutes: minutes)
        case "usage":
            guard (2...3).contains(parts.count), let percent = Self.number(parts[1]) else { return nil }
            self = .usage(percent: percent)
            guard parts.count == 3 else { return }
            guard let minutes = Self.number(parts[2]) else { return nil }
            self = .usage(percent: percent, minutes: minutes)
        case let status where status.isDigits:
            guard parts.count <= 2, let code = Int(status), (300...599).contains(code) else { return nil }
            self = .status(code)
            guard parts.count == 2 else { return }
            guard let seconds = Self.number(parts[1]) else { return nil }
            self = .status(code, retryAfter: seconds)
        default:
            guard let fault = Self.plain[text] else { return nil }
            self = fault
        }
    }

    private static let plain: [Substring: SandboxFault] = [
        "timeout": .timeout, "reset": .reset, "truncate": .truncate, "drip": .drip, "wrong-types": .wrongTypes,
        "huge": .huge, "redirect": .redirect,
    ]

    private static func number(_ text: Substring) -> Int? {
        text.isDigits ? Int(text) : nil
    }
}

/// Creates the responses for faults.
struct FaultResponse: Sendable {
    private struct Broken: Error {}

    /// The user of the usage headers.
    let userID: String

    /// The start of a response, after which the connection breaks.
    var broken: Response {
        Response(
            status: .ok, headers: [.contentType: "application/json"],
            body: ResponseBody(contentLength: 4_096) { writer in
                try await writer.write(ByteBuffer(string: "{\"data\":["))
                throw Broken()
            })
    }

    /// A complete response with the first half of the body.
    func half(of whole: ByteBuffer) -> Response {
        json(ByteBuffer(whole.readableBytesView.prefix(whole.readableBytes / 2)))
    }

    /// The response at one byte a second.
    func dripping(_ whole: ByteBuffer) -> Response {
        Response(
            status: .ok, headers: [.contentType: "application/json"],
            body: ResponseBody(contentLength: whole.readableBytes) { writer in
                for byte in whole.readableBytesView {
                    try await writer.write(ByteBuffer(bytes: [byte]))
                    try await Task.sleep(for: .seconds(1))
                }
                try await writer.finish(nil)
            })
    }

    /// 1 GB, generated while it is sent.
    var huge: Response {
        let piece = ByteBuffer(repeating: UInt8(ascii: " "), count: 1 << 16)
        return Response(
            status: .ok, headers: [.contentType: "application/json"],
            body: ResponseBody(contentLength: 1 << 30) { writer in
                for _ in 0..<1 << 14 { try await writer.write(piece) }
                try await writer.finish(nil)
            })
    }

    /// JSON with undocumented types.
    func wrongTypes(_ interface: SandboxCall.Interface) -> Response {
        let text =
            switch interface {
            case .graph: #"{"data":{"0":"media"},"paging":7}"#
            case .mastodon: #"{"statuses":null,"count":"none"}"#
            case .flickr: #"{"items":"none","title":[]}"#
            case .media: "[]"
            }
        return json(ByteBuffer(string: text))
    }

    /// A redirect to another host that keeps the query of the request.
    func redirect(query: String?) -> Response {
        let query = query.map { "?\($0)" } ?? ""
        return Response(status: .found, headers: [.location: "http://redirected.invalid/\(query)"])
    }

    /// A status like one from a proxy in front of the service.
    func status(_ code: Int, retryAfter: Int?) -> Response {
        var headers: HTTPFields = [.contentType: "text/plain"]
        if let retryAfter { headers[.retryAfter] = "\(retryAfter)" }
        return Response(
            status: .init(code: code), headers: headers, body: .init(byteBuffer: ByteBuffer(string: "\(code)\n")))
    }

    /// An error of the Graph API.
    func error(code: Int, subcode: Int?, minutes: Int?) -> Response {
        let response = Response.json(
            GraphRefusal.scripted(code: code, subcode: subcode).envelope(trace: "A0"), status: .badRequest)
        return minutes.map { usage(percent: 100, minutes: $0, in: response) } ?? response
    }

    /// A response with other usage headers.
    func usage(percent: Int, minutes: Int, in response: Response) -> Response {
        let usage = Usage(percent: percent, trace: "A0", minutes: minutes)
        var response = response
        response.headers.set(named: "X-App-Usage", usage.app.text)
        response.headers.set(named: "X-Business-Use-Case-Usage", usage.businessUseCase(userID: userID).text)
        return response
    }

    private func json(_ body: ByteBuffer) -> Response {
        Response(status: .ok, headers: [.contentType: "application/json"], body: .init(byteBuffer: body))
    }
}
