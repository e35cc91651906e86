import Hummingbird

/// Makes the answers that are faults.
struct FaultAnswer: Sendable {
    private struct Broken: Error {}

    /// Whose usage is told.
    let userID: String

    /// The beginning of an answer, and then the connection breaks.
    var broken: Response {
        Response(
            status: .ok, headers: [.contentType: "application/json"],
            body: ResponseBody(contentLength: 4_096) { writer in
                try await writer.write(ByteBuffer(string: "{\"data\":["))
                throw Broken()
            })
    }

    /// A whole answer with the first half of what it should hold.
    func half(of whole: ByteBuffer) -> Response {
        json(ByteBuffer(whole.readableBytesView.prefix(whole.readableBytes / 2)))
    }

    /// The answer, a byte a second.
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

    /// 1 GB, made as it is sent.
    var huge: Response {
        let piece = ByteBuffer(repeating: UInt8(ascii: " "), count: 1 << 16)
        return Response(
            status: .ok, headers: [.contentType: "application/json"],
            body: ResponseBody(contentLength: 1 << 30) { writer in
                for _ in 0..<1 << 14 { try await writer.write(piece) }
                try await writer.finish(nil)
            })
    }

    /// JSON of other types than is documented.
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

    /// To another host, with the query of the request.
    func redirect(query: String?) -> Response {
        let query = query.map { "?\($0)" } ?? ""
        return Response(status: .found, headers: [.location: "http://redirected.invalid/\(query)"])
    }

    /// A status, as a proxy in front of the service would send it.
    func status(_ code: Int, retryAfter: Int?) -> Response {
        var headers: HTTPFields = [.contentType: "text/plain"]
        if let retryAfter { headers[.retryAfter] = "\(retryAfter)" }
        return Response(
            status: .init(code: code), headers: headers, body: .init(byteBuffer: ByteBuffer(string: "\(code)\n")))
    }

    /// An error of the Graph API.
    func error(code: Int, subcode: Int?, minutes: Int?) -> Response {
        let answer = Response.json(
            GraphError.scripted(code: code, subcode: subcode).envelope(trace: "A0"), status: .badRequest)
        return minutes.map { usage(percent: 100, minutes: $0, in: answer) } ?? answer
    }

    /// An answer with other usage headers.
    func usage(percent: Int, minutes: Int, in answer: Response) -> Response {
        let usage = Usage(percent: percent, trace: "A0", minutes: minutes)
        var answer = answer
        answer.headers.set(named: "X-App-Usage", usage.app.text)
        answer.headers.set(named: "X-Business-Use-Case-Usage", usage.businessUseCase(userID: userID).text)
        return answer
    }

    private func json(_ body: ByteBuffer) -> Response {
        Response(status: .ok, headers: [.contentType: "application/json"], body: .init(byteBuffer: body))
    }
}
