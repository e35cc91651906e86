import NIOCore
import NIOPosix

/// A loopback server whose responses a test determines, byte by byte.
struct StubUpstream: Sendable {
    enum Answer: Sendable {
        /// A complete response with its length.
        case whole(status: Int, body: String, headers: [String: String])
        /// These bytes only; then the connection closes.
        case raw(String)
        /// The same for bytes that need not be text.
        case bytes([UInt8])
        /// These bytes; the connection stays open.
        case kept([UInt8])
        /// These bytes, then silence until the client gives up.
        case stall(String)
        /// An endless response.
        case endless

        /// A response with a length that keeps the connection open.
        static func keptJSON(_ body: [UInt8], headers: [String: String] = [:]) -> Self {
            let fields = headers.map { "\($0.key): \($0.value)\r\n" }.joined()
            return .kept(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\(fields)Content-Length: \(body.count)\r\n\r\n"
                    .utf8
                    + body)
        }

        static func json(_ body: String, status: Int = 200, headers: [String: String] = [:]) -> Self {
            .whole(status: status, body: body, headers: headers)
        }
    }

    /// `http://127.0.0.1:PORT`.
    let address: String
    private let log: EventLog<String>

    /// The heads of the requests so far.
    var requests: [String] { log.events }
    /// The targets of the requests so far: path and query.
    var targets: [String] { requests.map(Self.target) }

    /// Waits until there are this many requests.
    func asked(_ count: Int) async { await log.wait(for: count) }

    fileprivate static func target(_ head: String) -> String {
        head.split(separator: " ").dropFirst().first.map { String($0) } ?? ""
    }

    /// Serves while `body` runs.
    ///
    /// - Parameter answer: gets the target of the request.
    static func serve(
        _ answer: @escaping @Sendable (String) -> Answer, while body: @Sendable (StubUpstream) async throws -> Void
    ) async throws {
        try await serve(eachOf: { target, _ in answer(target) }, while: body)
    }

    /// Serves while `body` runs.
    ///
    /// - Parameter answer: gets the target of the request, and its number on its connection, counted from 1.
    static func serve(
        eachOf answer: @escaping @Sendable (String, Int) -> Answer,
        while body: @Sendable (StubUpstream) async throws -> Void
    ) async throws {
        let log = EventLog<String>()
        let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Responder(log: log, answer: answer))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        do {
            try await body(
                StubUpstream(address: "http://127.0.0.1:\(listener.localAddress?.port ?? 0)", log: log)
            )
        } catch {
            try await listener.close()
            throw error
        }
        try await listener.close()
    }
}

/// Responds to one request on one connection.
private final class Responder: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let log: EventLog<String>
    private let answer: @Sendable (String, Int) -> StubUpstream.Answer
    private var head = ""
    private var count = 0

    init(log: EventLog<String>, answer: @escaping @Sendable (String, Int) -> StubUpstream.Answer) {
        self.log = log
        self.answer = answer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        head += String(buffer: unwrapInboundIn(data))
        guard head.hasSuffix("\r\n\r\n") else { return }
        log.append(head)
        count += 1
        let target = StubUpstream.target(head)
        head = ""
        switch answer(target, count) {
        case .whole(let status, let body, let headers):
            let fields = headers.map { "\($0.key): \($0.value)\r\n" }.joined()
            write(
                """
                HTTP/1.1 \(status) Status\r\nContent-Type: application/json\r\n\(fields)\
                Content-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)
                """,
                to: context
            )
            context.close(promise: nil)
        case .raw(let bytes):
            write(bytes, to: context)
            context.close(promise: nil)
        case .bytes(let bytes):
            write(bytes, to: context)
            context.close(promise: nil)
        case .kept(let bytes):
            write(bytes, to: context)
        case .stall(let bytes):
            write(bytes, to: context)
        case .endless:
            write("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", to: context)
            pour(context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // The client has given up; some tests intend this.
        context.close(promise: nil)
    }

    private func write(_ bytes: [UInt8], to context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
    }

    private func write(_ text: String, to context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
    }

    /// Writes as fast as the client reads, until it closes.
    private func pour(_ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(repeating: 0x20, count: 1 << 16)))
            .assumeIsolated().whenSuccess { self.pour(context) }
    }
}
