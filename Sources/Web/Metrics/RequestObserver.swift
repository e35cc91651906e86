import Hummingbird
import Logging
import Prometheus

/// Stands around everything else: counts each request, and writes down those that failed or took long.
struct RequestObserver<Inner: HTTPResponder>: HTTPResponder where Inner.Context: RequestContext {
    typealias Context = Inner.Context

    /// A request that takes longer is written down. Only a picture waits for anybody.
    private let slow = Duration.seconds(2)
    /// What stands for a request whose reader went away, as nginx has it.
    private let abandoned = 499

    let inner: Inner
    let metrics: RequestMetrics

    func respond(to request: Request, context: Context) async throws -> Response {
        let start = ContinuousClock.now
        do {
            let response = try await inner.respond(to: request, context: context)
            record(request, context, status: response.status.code, duration: .now - start)
            return response
        } catch {
            let status = error is CancellationError ? abandoned : 500
            record(request, context, status: status, duration: .now - start)
            throw error
        }
    }

    private func record(_ request: Request, _ context: Context, status: Int, duration: Duration) {
        let route = context.endpointPath
        metrics.record(route: route, status: status, duration: duration)
        let isFailure = status >= 500
        let level: Logger.Level = isFailure || duration > slow ? .warning : .debug
        // The route and not the path: what a reader writes does not belong into a message.
        context.logger.log(
            level: level, isFailure ? "A request failed" : duration > slow ? "A request took long" : "A request",
            metadata: [
                "method": "\(request.method.rawValue)", "route": "\(route ?? "unmatched")",
                "status": .stringConvertible(status),
                "duration": .stringConvertible(duration.inSeconds),
            ])
    }
}

extension Duration {
    /// In seconds, to the microsecond.
    fileprivate var inSeconds: Double {
        Double(Int64(self / .microseconds(1))) / 1_000_000
    }
}
