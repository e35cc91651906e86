// The target of libFuzzer, built by `scripts/fuzz` together with the server's protocol and its use of libfcgi.

/// One worker's staging file: as in the server, every request of a run goes through the same one.
nonisolated(unsafe) private let staging = try? StagingFile(capacity: 1 << 16)

/// Takes a stream of records as a peer may send it, and ends the process when one of these does not hold:
///
/// - what the stream means does not depend on the pieces in which it comes;
/// - libfcgi takes every request that is let through, and reads all its parameters from it.
///
/// - Parameters:
///   - data: where the pieces are cut in its first byte, and the stream after it.
///   - size: of the data.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRecordStream(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    guard let data, size > 1 else { return 0 }
    let stream = Array(UnsafeBufferPointer(start: data + 1, count: size - 1))
    let step = Int(data[0]) + 1
    let whole = GateTrace.events(ofPieces: [stream])
    let pieces = stride(from: 0, to: stream.count, by: step).map { Array(stream[$0..<min($0 + step, stream.count)]) }
    precondition(GateTrace.events(ofPieces: pieces) == whole, "the pieces change the meaning")
    handToLibFCGI(stream)
    return 0
}

private func handToLibFCGI(_ stream: [UInt8]) {
    guard let staging else { preconditionFailure("no staging file") }
    var gate = RecordGate(maximumParameterBytes: 2_000, maximumConnections: 9)
    stream.withUnsafeBytes { buffer in
        var rest = buffer
        while let event = gate.next(&rest) {
            if case .violation = event { return }
            guard case .request(let head) = event else { continue }
            do {
                let request = try LibFCGIRequest(head, through: staging, to: -1)
                // libfcgi adds FCGI_ROLE.
                precondition(request.parameters().count == pairs(in: head.parameters) + 1, "parameters are lost")
            } catch {
                preconditionFailure("libfcgi does not take it: \(error)")
            }
            gate.endRequest()
        }
    }
}

private func pairs(in parameters: [UInt8]) -> Int {
    var pairs = NameValuePairs(parameters)
    var count = 0
    while pairs.next() != nil { count += 1 }
    return count
}
