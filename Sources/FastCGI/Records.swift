/// The eight bytes that begin every FastCGI record (specification, section 3.3).
struct RecordHeader: Equatable {
    static let size = 8
    static let version: UInt8 = 1
    /// The largest content of one record, in bytes.
    static let maximumContentLength = 65_535

    var version = RecordHeader.version
    var type: UInt8
    var requestID: UInt16
    /// Bytes of content, 0...65,535.
    var contentLength: Int
    /// Bytes of padding after the content, 0...255.
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

    /// Appends the header's bytes.
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

/// Why a request ended, for the web server (specification, section 5.5).
enum ProtocolStatus: UInt8 {
    case requestComplete = 0
    case cannotMultiplex = 1
    case overloaded = 2
    case unknownRole = 3
}

/// The role of a responder (specification, section 6.2); authorizers and filters are refused.
let responderRole: UInt16 = 1

/// Walks name–value pairs (specification, section 3.4): each length takes one byte up to 127 and four bytes,
/// with the highest bit set, above.
struct NameValuePairs {
    private let bytes: [UInt8]
    private var position = 0
    /// False once a length reached beyond the end.
    private(set) var isWellFormed = true

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The places of the next name and value; nil at the end, or at the first pair that does not fit.
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

    /// Whether every pair fits.
    static func areWellFormed(_ bytes: [UInt8]) -> Bool {
        var pairs = NameValuePairs(bytes)
        while pairs.next() != nil {}
        return pairs.isWellFormed
    }
}

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
