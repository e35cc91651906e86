#if canImport(FastCGI)
    @testable import FastCGI
#endif

/// Records the events of a gate.
enum GateTrace {
    /// Returns the events of a new gate for bytes in the given pieces, up to the first violation.
    static func events(ofPieces pieces: [[UInt8]], parameterBytes: Int = 2_000) -> [String] {
        var gate = RecordGate(maximumParameterBytes: parameterBytes, maximumConnections: 9)
        var events: [String] = []
        for piece in pieces where events.last?.hasPrefix("violation") != true {
            events += Self.events(of: piece, &gate)
        }
        return merged(events)
    }

    /// Returns the events for some bytes, up to the first violation.
    static func events(of bytes: [UInt8], _ gate: inout RecordGate) -> [String] {
        var events: [String] = []
        bytes.withUnsafeBytes { buffer in
            var rest = buffer
            while let event = gate.next(&rest) {
                events.append(describe(event))
                if case .violation = event { return }
            }
        }
        return events
    }

    private static func describe(_ event: RecordGate.Event) -> String {
        switch event {
        case .reply(let bytes, let closes): "reply \(bytes) closes \(closes)"
        case .request(let head): "request \(head.requestID) keep \(head.keepsConnection) \(head.parameters)"
        case .parametersTooLarge(let head): "too large \(head.requestID) keep \(head.keepsConnection)"
        case .body(let piece): "body \(Array(piece))"
        case .bodyEnd: "body end"
        case .abort: "abort"
        case .violation(let violation): "violation \(violation)"
        }
    }

    /// Joins consecutive pieces of the body, because their boundaries have no meaning.
    private static func merged(_ events: [String]) -> [String] {
        var merged: [String] = []
        for event in events {
            if event.hasPrefix("body ["), let last = merged.last, last.hasPrefix("body [") {
                merged[merged.count - 1] = last.dropLast() + ", " + event.dropFirst("body [".count)
            } else {
                merged.append(event)
            }
        }
        return merged
    }
}
