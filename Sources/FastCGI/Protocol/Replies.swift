/// The records that the server writes by itself. All others are libfcgi's.
enum Replies {
    /// Ends a request that libfcgi never saw (specification, section 5.5).
    static func endRequest(_ requestID: UInt16, _ status: ProtocolStatus) -> [UInt8] {
        var bytes: [UInt8] = []
        RecordHeader(type: .endRequest, requestID: requestID, contentLength: 8).append(to: &bytes)
        bytes += [0, 0, 0, 0, status.rawValue, 0, 0, 0]
        return bytes
    }

    /// Answers a management record of a type that is not known (specification, section 4.2).
    static func unknownType(_ type: UInt8) -> [UInt8] {
        var bytes: [UInt8] = []
        RecordHeader(type: .unknownType, requestID: 0, contentLength: 8).append(to: &bytes)
        bytes += [type, 0, 0, 0, 0, 0, 0, 0]
        return bytes
    }

    /// Answers `FCGI_GET_VALUES` (specification, section 4.1): each known name once, in the order of the
    /// query; unknown names are left out.
    ///
    /// libfcgi never sees this record: its own answer overflows a buffer when a name is repeated.
    ///
    /// - Parameters:
    ///   - query: the content of the record.
    ///   - maximumConnections: the value of `FCGI_MAX_CONNS` and, since a connection carries one request at a
    ///     time, of `FCGI_MAX_REQS`.
    /// - Returns: the answer, or nil when the query's lengths do not fit it.
    static func values(asked query: [UInt8], maximumConnections: Int) -> [UInt8]? {
        var content: [UInt8] = []
        var answered: Set<[UInt8]> = []
        var pairs = NameValuePairs(query)
        while let pair = pairs.next() {
            let name = Array(query[pair.name])
            let value: String
            switch String(decoding: name, as: UTF8.self) {
            case "FCGI_MAX_CONNS", "FCGI_MAX_REQS": value = String(maximumConnections)
            case "FCGI_MPXS_CONNS": value = "0"
            default: continue
            }
            guard answered.insert(name).inserted else { continue }
            content += [UInt8(name.count), UInt8(value.utf8.count)] + name + value.utf8
        }
        guard pairs.isWellFormed else { return nil }
        let padding = (8 - content.count % 8) % 8
        var bytes: [UInt8] = []
        RecordHeader(
            type: .getValuesResult, requestID: 0, contentLength: content.count, paddingLength: padding
        ).append(to: &bytes)
        return bytes + content + [UInt8](repeating: 0, count: padding)
    }
}
