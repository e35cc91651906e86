extension Connection {
    /// Acts on the deadlines that have passed.
    ///
    /// - Returns: whether there is one that has not.
    func checkDeadlines(_ now: Nanoseconds) -> Bool {
        let (hasMore, ended) = state.withLock { state -> (Bool, Task<Void, Never>?) in
            guard state.isOpen else { return (false, nil) }
            var ended: Task<Void, Never>?
            if state.requestDeadline != 0, state.requestDeadline <= now {
                state.requestDeadline = 0
                ended = requestDeadlinePassed(&state)
            }
            if state.isOpen, state.writeDeadline != 0, state.writeDeadline <= now {
                ended = writeDeadlinePassed(&state)
            }
            if state.isOpen, state.bodyDeadline != 0, state.bodyDeadline <= now {
                state.bodyDeadline = 0
                bodyDeadlinePassed(&state)
            }
            return (state.hasDeadline, ended)
        }
        ended?.cancel()
        return hasMore
    }

    private func requestDeadlinePassed(_ state: inout ConnectionState) -> Task<Void, Never>? {
        if state.isLingering { return close(&state) }
        guard let request = state.request else {
            server.hit(.receiveTimeout, "a request did not arrive within \(server.limits.receiveTimeout)")
            return close(&state)
        }
        server.hit(.handlerTimeout, "a handler began no answer within \(server.limits.handlerTimeout)")
        guard hasRoom(&state) else { return close(&state) }
        CannedAnswer.handlerTimeout.bytes.withUnsafeBytes { request.put($0) }
        guard request.finish(status: 0) else { return close(&state) }
        guard state.keepsConnection, !server.isDraining else { return closeGently(&state) }
        defer { awaitRequest(&state) }
        return abandonRequest(&state)
    }

    private func writeDeadlinePassed(_ state: inout ConnectionState) -> Task<Void, Never>? {
        server.hit(.sendTimeout, "a client took nothing of its answer within \(server.limits.sendTimeout)")
        state.resumeWriter(with: .failure(.sendTimeout))
        return close(&state)
    }

    private func bodyDeadlinePassed(_ state: inout ConnectionState) {
        guard state.body.isAwaited else { return }
        server.hit(.receiveTimeout, "the body of a request stopped for \(server.limits.receiveTimeout)")
        state.body.fail(with: .receiveTimeout)
    }
}
