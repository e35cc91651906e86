import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import TestSupport

@testable import Pictures
@testable import Web

/// A small server on a loopback port that serves valid and faulty pictures.
struct Upstream: Sendable {
    static let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + [UInt8](repeating: 7, count: 992)

    /// ``png`` compressed by gzip (RFC 1952).
    static let pngInGzip: [UInt8] = [
        0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xEB, 0x0C, 0xF0, 0x73, 0xE7, 0xE5, 0x92, 0xE2,
        0x62, 0x1F, 0x05, 0xA3, 0x60, 0x14, 0x0C, 0x5B, 0x00, 0x00, 0xA6, 0xD8, 0x23, 0x6E, 0xE8, 0x03, 0x00, 0x00,
    ]

    /// Generous limits, because the machine may be busy with other tests.
    static let limits = PictureProxyConfiguration(
        allowLoopback: true, firstByteTimeout: .seconds(50), totalTimeout: .seconds(50)
    )

    /// The address of the server, for example `http://127.0.0.1:1234`.
    let address: String
    /// Yields when a client of `/endless` disconnects.
    let readerGone: AsyncStream<Void>

    @discardableResult
    static func run<Value>(_ test: @escaping @Sendable (Upstream) async throws -> Value) async throws -> Value {
        // `/slow` responds when the test is over.
        let (over, end) = AsyncStream<Void>.makeStream()
        let (readerGone, gone) = AsyncStream<Void>.makeStream()
        let application = Application(
            router: router(over: over, gone: gone),
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
            logger: .silent
        )
        return try await application.test(.live) { client in
            defer { end.finish() }
            let port = client.port ?? 0
            return try await test(Upstream(address: "http://127.0.0.1:\(port)", readerGone: readerGone))
        }
    }

    private static func router(over: AsyncStream<Void>, gone: AsyncStream<Void>.Continuation) -> Router<
        BasicRequestContext
    > {
        let router = Router()
        router.get("/ok") { _, _ in picture(Self.png) }
        router.get("/chunked") { _, _ in stream { try await $0.write(ByteBuffer(bytes: Self.png)) } }
        router.get("/parameters") { _, _ in picture(Self.png, type: "image/png; charset=binary") }
        router.get("/host") { request, _ in
            request.head.authority?.hasPrefix("pictures.example:") == true
                ? picture(Self.png) : Response(status: .notFound)
        }
        router.get("/html") { _, _ in picture(Array("<html>".utf8), type: "text/html") }
        router.get("/svg") { _, _ in picture(Array("<svg/>".utf8), type: "image/svg+xml") }
        router.get("/mismatch") { _, _ in picture(Self.png, type: "image/jpeg") }
        router.get("/as") { request, _ in
            picture(Self.png, type: request.uri.queryParameters["type"].map(String.init) ?? "")
        }
        router.get("/unlabelled") { _, _ in
            Response(status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(bytes: Self.png)))
        }
        router.get("/gzip") { _, _ in
            var response = picture(Self.pngInGzip)
            response.headers[.contentEncoding] = "gzip"
            return response
        }
        router.get("/lie") { _, _ in picture(Array("<script>".utf8), type: "image/png") }
        router.get("/empty") { _, _ in picture([]) }
        router.get("/missing") { _, _ in Response(status: .notFound) }
        router.get("/expired") { _, _ in Response(status: .gone) }
        router.get("/slow") { _, _ in
            for await _ in over {}
            return picture(Self.png)
        }
        router.get("/stalled") { _, _ in
            stream { writer in
                try await writer.write(ByteBuffer(bytes: Self.png.prefix(10)))
                for await _ in over {}
            }
        }
        router.get("/reset") { _, _ in
            stream(length: 5000) { writer in
                try await writer.write(ByteBuffer(bytes: Self.png))
                throw CancellationError()
            }
        }
        router.get("/endless") { _, _ in
            stream { writer in
                defer { gone.yield() }
                let part = ByteBuffer(bytes: Self.png + [UInt8](repeating: 7, count: 64 << 10))
                while true { try await writer.write(part) }
            }
        }
        router.get("/to/:status") { request, context in
            let to = request.uri.queryParameters["to"].map(String.init) ?? ""
            return Response(
                status: .init(code: try context.parameters.require("status", as: Int.self)), headers: [.location: to])
        }
        router.get("/loop") { _, _ in Response(status: .found, headers: [.location: "/loop"]) }
        return router
    }

    private static func picture(_ bytes: [UInt8], type: String = "image/png") -> Response {
        Response(status: .ok, headers: [.contentType: type], body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    private static func stream(
        length: Int? = nil, _ write: @escaping @Sendable (inout any ResponseBodyWriter) async throws -> Void
    ) -> Response {
        let body = ResponseBody(contentLength: length) { writer in
            try await write(&writer)
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: [.contentType: "image/png"], body: body)
    }
}
