/// A request whose parameters are complete: what is handed to libfcgi.
struct RequestHead: Equatable {
    var requestID: UInt16
    /// Whether the web server wants the connection kept (`FCGI_KEEP_CONN`).
    var keepsConnection: Bool
    /// The name–value pairs of all `FCGI_PARAMS` records, checked to be well formed.
    var parameters: [UInt8]

    /// The records that say this, as libfcgi reads them: whole, well formed, and nothing after them, so that
    /// libfcgi takes every byte. The body is delivered by the connection.
    func records() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(parameters.count + Self.recordsOverhead(of: parameters.count))
        RecordHeader(type: .beginRequest, requestID: requestID, contentLength: 8).append(to: &bytes)
        bytes += [0, UInt8(responderRole), keepsConnection ? 1 : 0, 0, 0, 0, 0, 0]
        var start = 0
        while start < parameters.count {
            let end = min(start + RecordHeader.maximumContentLength, parameters.count)
            RecordHeader(type: .parameters, requestID: requestID, contentLength: end - start).append(to: &bytes)
            bytes += parameters[start..<end]
            start = end
        }
        RecordHeader(type: .parameters, requestID: requestID, contentLength: 0).append(to: &bytes)
        return bytes
    }

    /// How many bytes ``records()`` has beyond those of the parameters.
    static func recordsOverhead(of parameterBytes: Int) -> Int {
        let parameterRecords =
            (parameterBytes + RecordHeader.maximumContentLength - 1) / RecordHeader.maximumContentLength
        return 8 + (2 + parameterRecords) * RecordHeader.size
    }
}
