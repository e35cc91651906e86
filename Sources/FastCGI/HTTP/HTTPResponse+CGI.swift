public import HTTPTypes

extension HTTPResponse {
    /// The head as a CGI program writes it (RFC 3875, section 6.3), with the empty line that ends it.
    ///
    /// `Connection` and `Transfer-Encoding` are left out: they are the web server's, which speaks with the client. A
    /// value with a line break cannot get in: HTTPTypes replaces such characters, and those that remain anywhere are
    /// replaced by spaces here.
    public var cgiHead: [UInt8] {
        let status = status
        var bytes: [UInt8] = []
        bytes.reserveCapacity(512)
        bytes += "Status: ".utf8
        bytes += String(status.code).utf8
        bytes.append(UInt8(ascii: " "))
        Self.appendLine(status.reasonPhrase, to: &bytes)
        for field in headerFields where field.name != .connection && field.name != .transferEncoding {
            bytes += field.name.rawName.utf8
            bytes += ": ".utf8
            Self.appendLine(field.value, to: &bytes)
        }
        bytes += "\r\n".utf8
        return bytes
    }

    private static func appendLine(_ text: String, to bytes: inout [UInt8]) {
        var text = text
        let start = bytes.count
        text.withUTF8 { bytes.append(contentsOf: $0) }
        for place in start..<bytes.count where breaksLines(bytes[place]) { bytes[place] = 0x20 }
        bytes.append(0x0D)
        bytes.append(0x0A)
    }

    private static func breaksLines(_ byte: UInt8) -> Bool {
        byte == 0 || byte == UInt8(ascii: "\r") || byte == UInt8(ascii: "\n")
    }
}
