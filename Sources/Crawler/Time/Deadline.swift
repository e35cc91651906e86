/// Runs an operation, and cancels it when it takes longer than `limit`.
///
/// The operation is a child of the caller's task: it runs on its executor, and is cancelled with it.
///
/// - Returns: what the operation returns, also after it was cancelled.
func cancelling<Value: Sendable>(
    after limit: Duration, clock: any Clock<Duration> = ContinuousClock(),
    _ operation: @escaping @Sendable () async -> Value
) async -> Value {
    await withTaskGroup(of: Value?.self) { group in
        group.addTask { await operation() }
        group.addTask {
            try? await clock.sleep(for: limit)
            return nil
        }
        // Whichever is first ends the other: the value the timer, or the timer the operation.
        let first = await group.next()
        group.cancelAll()
        if let value = first ?? nil { return value }
        if let second = await group.next(), let value = second { return value }
        // Not reached: of the two, one gave a value.
        return await operation()
    }
}
