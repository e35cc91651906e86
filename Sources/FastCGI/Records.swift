/// The eight bytes at the start of every FastCGI record (specification, section 3.3).
struct RecordHeader: Equatable {
    static let size = 8
    static let version: UInt8 = 1
    /// The largest content of one record, in bytes.
    static let maximumContentLength = 65_535

    var version = RecordHeader.version
    var type: UInt8
    var requestID: UInt16
    /// The size of the content, 0...65,535 bytes.
    var contentLength: Int
    /// The size of the padding after the content, 0...255 bytes.
    var paddingLength: Int = 0

    init(type: RecordType, requestID: UInt16, contentLength: Int, paddingLength: Int = 0) {
        self.type = type.rawValue
        self.requestID = requestID
        self.contentLength = contentLength
        self.paddingLength = paddingLength
    }

    /// Reads a header from exactly ``size`` bytes.
    init(_ bytes: UnsafeRawBufferPointer) {
        version = bytes[0]
        type = bytes[1]
        requestID = UInt16(bytes[2]) << 8 | UInt16(bytes[3])
        contentLength = Int(bytes[4]) << 8 | Int(bytes[5])
        paddingLength = Int(bytes[6])
    }

    func append(to bytes: inout [UInt8]) {
        bytes += [
            version, type, UInt8(requestID >> 8), UInt8(requestID & 0xFF),
            UInt8(contentLength >> 8), UInt8(contentLength & 0xFF), UInt8(paddingLength), 0,
        ]
    }
}

/// The types of FastCGI records (specification, section 8).
enum RecordType: UInt8 {
    case beginRequest = 1
    case abortRequest = 2
    case endRequest = 3
    case parameters = 4
    case standardInput = 5
    case standardOutput = 6
    case standardError = 7
    case data = 8
    case getValues = 9
    case getValuesResult = 10
    case unknownType = 11
}

/// The reason why a request ended, for the web server (specification, section 5.5).
enum ProtocolStatus: UInt8 {
    case requestComplete = 0
    case cannotMultiplex = 1
    case overloaded = 2
    case unknownRole = 3
}

/// The responder role (specification, section 6.2). The server rejects authorizers and filters.
let responderRole: UInt16 = 1

/// Iterates over name-value pairs (specification, section 3.4). A length up to 127 takes one byte; a longer one takes
/// four bytes with the highest bit set.
struct NameValuePairs {
    private let bytes: [UInt8]
    private var position = 0
    /// False after a length that reaches beyond the end.
    private(set) var isWellFormed = true

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Returns the ranges of the next name and value, or nil at the end or at the first malformed pair.
    mutating func next() -> (name: Range<Int>, value: Range<Int>)? {
        guard position < bytes.count else { return nil }
        guard let name = length(), let value = length(), name + value <= bytes.count - position else {
            isWellFormed = false
            position = bytes.count
            return nil
        }
        let start = position
        position += name + value
        return (start..<start + name, start + name..<position)
    }

    private mutating func length() -> Int? {
        guard position < bytes.count else { return nil }
        let first = bytes[position]
        guard first & 0x80 != 0 else {
            position += 1
            return Int(first)
        }
        guard bytes.count - position >= 4 else { return nil }
        let length =
            Int(first & 0x7F) << 24 | Int(bytes[position + 1]) << 16 | Int(bytes[position + 2]) << 8
            | Int(bytes[position + 3])
        position += 4
        return length
    }

    /// Returns whether every pair is well formed.
    static func areWellFormed(_ bytes: [UInt8]) -> Bool {
        var pairs = NameValuePairs(bytes)
        while pairs.next() != nil {}
        return pairs.isWellFormed
    }
}

/// A request with complete parameters, ready for libfcgi.
struct RequestHead: Equatable {
    var requestID: UInt16
    /// Whether the web server wants to keep the connection open (`FCGI_KEEP_CONN`).
    var keepsConnection: Bool
    /// The name-value pairs of all `FCGI_PARAMS` records, checked to be well formed.
    var parameters: [UInt8]

    /// Returns the head as records for libfcgi: complete, well formed, and nothing after them, so that libfcgi reads
    /// every byte. The connection delivers the body.
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

    /// Returns the size of ``records()`` minus the size of the parameters.
    static func recordsOverhead(of parameterBytes: Int) -> Int {
        let parameterRecords =
            (parameterBytes + RecordHeader.maximumContentLength - 1) / RecordHeader.maximumContentLength
        return 8 + (2 + parameterRecords) * RecordHeader.size
    }
}

/// The records that the server writes itself. libfcgi writes all others.
enum Replies {
    /// Ends a request that libfcgi never received (specification, section 5.5).
    static func endRequest(_ requestID: UInt16, _ status: ProtocolStatus) -> [UInt8] {
        var bytes: [UInt8] = []
        RecordHeader(type: .endRequest, requestID: requestID, contentLength: 8).append(to: &bytes)
        bytes += [0, 0, 0, 0, status.rawValue, 0, 0, 0]
        return bytes
    }

    /// The response to a management record of an unknown type (specification, section 4.2).
    static func unknownType(_ type: UInt8) -> [UInt8] {
        var bytes: [UInt8] = []
        RecordHeader(type: .unknownType, requestID: 0, contentLength: 8).append(to: &bytes)
        bytes += [type, 0, 0, 0, 0, 0, 0, 0]
        return bytes
    }

    /// The response to `FCGI_GET_VALUES` (specification, section 4.1): each known name once, in the order of the
    /// query, without unknown names.
    ///
    /// libfcgi never receives this record: its own response overflows a buffer when a name is repeated.
    ///
    /// - Parameters:
    ///   - query: the content of the record.
    ///   - maximumConnections: the value of `FCGI_MAX_CONNS` and, because a connection carries one request at a time,
    ///     of `FCGI_MAX_REQS`.
    /// - Returns: the response, or nil if the query is malformed.
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
