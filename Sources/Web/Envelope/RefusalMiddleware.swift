import Hummingbird
import Logging

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
