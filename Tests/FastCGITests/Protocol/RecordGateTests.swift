import Testing

@testable import FastCGI

@Suite("The gate", .timeLimit(.minutes(10)))
struct RecordGateTests {
    @Test("an event comes with the byte that completes it, not before")
    func incremental() {
        let request = Wire.request(body: [65, 66])
        var gate = RecordGate(maximumParameterBytes: 10_000, maximumConnections: 9)
        var seen: [Int: [String]] = [:]
        for (place, byte) in request.enumerated() {
            let events = GateTrace.events(of: [byte], &gate)
            if !events.isEmpty { seen[place] = events }
        }
        let head = Wire.head().count
        #expect(seen[head - 1] == ["request 1 keep true \(Wire.pair("REQUEST_URI", "/"))"])
        #expect(seen[head + 8] == ["body [65]"])
        #expect(seen[head + 9] == ["body [66]"])
        #expect(seen[request.count - 1] == ["body end"])
        #expect(seen.count == 4)
    }

    @Test("midway is between the first byte and the end of standard input")
    func midway() {
        let request = Wire.request(body: [65, 66])
        var gate = RecordGate(maximumParameterBytes: 10_000, maximumConnections: 9)
        #expect(!gate.isMidway)
        for byte in request.dropLast() {
            _ = GateTrace.events(of: [byte], &gate)
            #expect(gate.isMidway)
        }
        _ = GateTrace.events(of: Array(request.suffix(1)), &gate)
        #expect(!gate.isMidway)
        gate.endRequest()
        #expect(!gate.isMidway)
    }

    @Test("after the end of a request, what still comes for it is dropped")
    func dropped() {
        var gate = RecordGate(maximumParameterBytes: 10_000, maximumConnections: 9)
        let record = Wire.record(Wire.input, 1, [1, 2, 3, 4], padding: 4)
        #expect(GateTrace.events(of: Wire.head() + record.prefix(10), &gate).count == 2)
        gate.endRequest()
        #expect(gate.isMidway)
        #expect(GateTrace.events(of: Array(record.dropFirst(10)) + record, &gate).isEmpty)
        #expect(!gate.isMidway)
        #expect(GateTrace.events(of: Wire.head(), &gate).count == 1)
    }

    @Test("parameters that are too large are dropped, and the request goes on to its end")
    func tooLarge() {
        let parameters = Wire.stream(Wire.parameters, 1, pattern(3_000), recordSize: 1_000)
        var gate = RecordGate(maximumParameterBytes: 2_500, maximumConnections: 9)
        #expect(GateTrace.events(of: Wire.begin(1) + parameters, &gate) == ["too large 1 keep true"])
        #expect(gate.isMidway)
        #expect(GateTrace.events(of: Wire.stream(Wire.input, 1, [1]), &gate).isEmpty)
        #expect(!gate.isMidway)
    }

    @Test("exactly as many parameter bytes as allowed pass")
    func exactly() {
        let content = Wire.pair("N", String(repeating: "v", count: 100))
        let bytes = Wire.begin(1) + Wire.stream(Wire.parameters, 1, content)
        #expect(GateTrace.events(ofPieces: [bytes], parameterBytes: content.count).first?.hasPrefix("request") == true)
        #expect(GateTrace.events(ofPieces: [bytes], parameterBytes: content.count - 1) == ["too large 1 keep true"])
    }
}
