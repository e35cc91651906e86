public import HTTPTypes

extension HTTPResponse {
    /// The head as a CGI program writes it (RFC 3875, section 6.3), with the empty line that ends it.
    ///
    /// A value with a line break cannot get in: HTTPTypes replaces such characters, and those that remain
    /// anywhere are replaced by spaces here.
    public var cgiHead: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(256)
        bytes += "Status: ".utf8
        bytes += String(status.code).utf8
        bytes.append(UInt8(ascii: " "))
        Self.appendLine(status.reasonPhrase, to: &bytes)
        for field in headerFields {
            bytes += field.name.rawName.utf8
            bytes += ": ".utf8
            Self.appendLine(field.value, to: &bytes)
        }
        bytes += "\r\n".utf8
        return bytes
    }

    private static func appendLine(_ text: String, to bytes: inout [UInt8]) {
        for byte in text.utf8 {
            bytes.append(byte == 0 || byte == UInt8(ascii: "\r") || byte == UInt8(ascii: "\n") ? 0x20 : byte)
        }
        bytes += "\r\n".utf8
    }
}
