/// Runs an operation, and cancels it when it takes longer than `limit`.
///
/// - Returns: what the operation returns, also after it was cancelled.
func cancelling<Value: Sendable>(
    after limit: Duration, clock: any Clock<Duration> = ContinuousClock(),
    _ operation: @escaping @Sendable () async -> Value
) async -> Value {
    let work = Task { await operation() }
    let timer = Task {
        try await clock.sleep(for: limit)
        work.cancel()
    }
    defer { timer.cancel() }
    return await withTaskCancellationHandler {
        await work.value
    } onCancel: {
        work.cancel()
    }
}
