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
