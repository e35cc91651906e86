import Hummingbird
import ServiceLifecycle

/// Shows the faults of a script.
struct FaultMiddleware<Context: RequestContext>: RouterMiddleware {
    /// Longer than any client waits.
    private static var silence: Duration { .seconds(3_600) }

    let script: FaultScript
    let answer: FaultAnswer

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard let call = SandboxCall(path: request.uri.path), let fault = script.next(call) else {
            return try await next(request, context)
        }
        switch fault {
        case .timeout:
            // Neither a client that has gone nor the end of the sandbox is waited for.
            try await cancelWhenGracefulShutdown {
                try await request.body.consumeWithCancellationOnInboundClose { _ in
                    try await Task.sleep(for: Self.silence)
                }
            }
            return Response(status: .gatewayTimeout)
        case .reset: return answer.broken
        case .truncate: return answer.half(of: try await body(of: try await next(request, context)))
        case .drip: return answer.dripping(try await body(of: try await next(request, context)))
        case .wrongTypes: return answer.wrongTypes(call.interface)
        case .huge: return answer.huge
        case .redirect: return answer.redirect(query: request.uri.query)
        case .status(let code, let retryAfter): return answer.status(code, retryAfter: retryAfter)
        case .error(let code, let subcode, let minutes):
            return answer.error(code: code, subcode: subcode, minutes: minutes)
        case .usage(let percent, let minutes):
            return answer.usage(percent: percent, minutes: minutes ?? 0, in: try await next(request, context))
        }
    }

    private func body(of response: Response) async throws -> ByteBuffer {
        let collected = Collected()
        try await response.body.write(CollectingWriter(collected: collected))
        return collected.buffer
    }
}

/// What a ``CollectingWriter`` has got; used by one task.
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
