import Posts
import Sandbox
import Synchronization
import Upstreams

/// Lets a source use a server that has its own threads in a simulation, and records the results.
final class OutsideSource: PostSource {
    private struct State {
        var errors: [SourceError.Kind: Int] = [:]
        var retryAfter: Duration?
        var tooEarly = 0
    }

    private let source: any PostSource
    private let server: SandboxServer
    private let simulation: Simulation
    private let state = Mutex(State())

    init(_ sandbox: SandboxBench.Running, _ source: any PostSource, on simulation: Simulation) {
        self.source = source
        self.simulation = simulation
        server = sandbox.server
    }

    var name: String { source.name }
    var usage: UsageReport? { source.usage }
    var budget: SearchBudget? { source.budget }

    /// The number of errors of each kind.
    var errors: [SourceError.Kind: Int] { state.withLock { $0.errors } }
    /// The number of requests that reached the server before the time that it had given.
    var tooEarly: Int { state.withLock { $0.tooEarly } }

    func page(of hashtag: Hashtag, after cursor: SourceCursor?) async throws(SourceError) -> SourcePage {
        let isEarly = state.withLock { state in state.retryAfter.map { simulation.clock.now.offset < $0 } ?? false }
        let before = requests
        defer { if isEarly { state.withLock { $0.tooEarly += requests - before } } }
        do {
            return try await simulation.outside { [source] in
                // ``Result/init(catching:)`` does not take an async closure.
                do throws(SourceError) {
                    return Result<SourcePage, SourceError>.success(try await source.page(of: hashtag, after: cursor))
                } catch {
                    return .failure(error)
                }
            }.get()
        } catch let error as SourceError {
            note(error)
            throw error
        } catch {
            throw .cancelled
        }
    }

    private var requests: Int { server.requestCounts.values.reduce(0, +) }

    private func note(_ error: SourceError) {
        state.withLock { state in
            state.errors[error.kind, default: 0] += 1
            guard case .rateLimited(let wait?) = error else { return }
            state.retryAfter = simulation.clock.now.offset + wait
        }
    }
}
