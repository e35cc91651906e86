import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import TestSupport

@testable import Web

/// A server that serves one picture under many names, whole or in parts, and records its requests.
struct PictureShelf: Sendable {
    static let picture: [UInt8] =
        [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + (0..<200_000).map { UInt8(truncatingIfNeeded: $0 / 7) }

    /// For example `http://127.0.0.1:1234`.
    let address: String
    private let asked: MutexBox<[String]>

    /// The requested paths, each with its `Range`.
    var requests: [String] { asked.value }

    static func run(_ test: @escaping @Sendable (PictureShelf) async throws -> Void) async throws {
        let asked = MutexBox<[String]>([])
        let application = Application(
            router: router(asked), configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
            logger: .silent)
        try await application.test(.live) { client in
            try await test(PictureShelf(address: "http://127.0.0.1:\(client.port ?? 0)", asked: asked))
        }
    }

    private static func router(_ asked: MutexBox<[String]>) -> Router<BasicRequestContext> {
        let router = Router()
        router.get("/:kind/:name") { request, context in
            let range = request.headers[.range]
            let count = asked.update { asked in
                asked.append("\(request.uri.path) \(range ?? "whole")")
                return asked.count { $0.hasPrefix("\(request.uri.path) ") }
            }
            let start = range.flatMap { Int($0.drop { !$0.isNumber }.prefix { $0.isNumber }) } ?? 0
            switch try context.parameters.require("kind") {
            case "parts": return part(from: start)
            case "whole": return part(from: 0)
            case "breaks": return count < 3 ? broken(from: start) : part(from: start)
            case "other": return part(from: start, named: start + 1)
            case "page":
                return Response(
                    status: .ok, headers: [.contentType: "image/png"],
                    body: .init(byteBuffer: ByteBuffer(string: "<html>")))
            default: return Response(status: .gone)
            }
        }
        return router
    }

    private static func part(from start: Int, named: Int? = nil) -> Response {
        guard start < picture.count || start == 0 else { return Response(status: .rangeNotSatisfiable) }
        var headers: HTTPFields = [.contentType: "image/png"]
        if start > 0 { headers[.contentRange] = "bytes \(named ?? start)-\(picture.count - 1)/\(picture.count)" }
        return Response(
            status: start > 0 ? .partialContent : .ok, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: picture[start...])))
    }

    /// Sends a third of the rest, then breaks off.
    private static func broken(from start: Int) -> Response {
        var response = part(from: start)
        let rest = picture[start...]
        response.body = ResponseBody(contentLength: rest.count) { writer in
            try await writer.write(ByteBuffer(bytes: rest.prefix(rest.count / 3)))
            throw CancellationError()
        }
        return response
    }
}
