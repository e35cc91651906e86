/// Writes records as a web server and libfcgi do, and malformed ones. It shares no code with the server.
enum Wire {
    static let begin: UInt8 = 1
    static let abort: UInt8 = 2
    static let end: UInt8 = 3
    static let parameters: UInt8 = 4
    static let input: UInt8 = 5
    static let output: UInt8 = 6
    static let errors: UInt8 = 7
    static let data: UInt8 = 8
    static let getValues: UInt8 = 9
    static let values: UInt8 = 10
    static let unknownType: UInt8 = 11

    static let requestComplete: UInt8 = 0
    static let cannotMultiplex: UInt8 = 1
    static let unknownRole: UInt8 = 3

    /// The largest content of libfcgi's records, in bytes.
    static let libfcgiContent = 8_184

    static func record(
        _ type: UInt8, _ id: UInt16, _ content: [UInt8] = [], padding: Int = 0, version: UInt8 = 1
    ) -> [UInt8] {
        let header: [UInt8] = [
            version, type, UInt8(id >> 8), UInt8(id & 0xFF), UInt8(content.count >> 8), UInt8(content.count & 0xFF),
            UInt8(padding), 0,
        ]
        return header + content + [UInt8](repeating: 0xEE, count: padding)
    }

    /// A record in the server's format, padded with zeros to a multiple of eight bytes.
    static func padded(_ type: UInt8, _ id: UInt16, _ content: [UInt8]) -> [UInt8] {
        let padding = (8 - content.count % 8) % 8
        var bytes = record(type, id, content, padding: padding)
        for place in bytes.indices.suffix(padding) { bytes[place] = 0 }
        return bytes
    }

    static func begin(_ id: UInt16, role: UInt16 = 1, keep: Bool = true) -> [UInt8] {
        record(begin, id, [UInt8(role >> 8), UInt8(role & 0xFF), keep ? 1 : 0, 0, 0, 0, 0, 0])
    }

    static func abort(_ id: UInt16) -> [UInt8] { record(abort, id) }

    /// The length of a name or value, in four bytes if necessary or requested.
    static func length(_ count: Int, inFour: Bool = false) -> [UInt8] {
        guard count > 127 || inFour else { return [UInt8(count)] }
        return [UInt8(count >> 24) | 0x80, UInt8(count >> 16 & 0xFF), UInt8(count >> 8 & 0xFF), UInt8(count & 0xFF)]
    }

    static func pair(_ name: String, _ value: String, inFour: Bool = false) -> [UInt8] {
        length(name.utf8.count, inFour: inFour) + length(value.utf8.count, inFour: inFour) + name.utf8 + value.utf8
    }

    /// A stream in as many records as necessary, ending with an empty one.
    static func stream(_ type: UInt8, _ id: UInt16, _ content: [UInt8], recordSize: Int = 65_535) -> [UInt8] {
        var bytes: [UInt8] = []
        var start = 0
        while start < content.count {
            let end = min(start + recordSize, content.count)
            bytes += record(type, id, Array(content[start..<end]))
            start = end
        }
        return bytes + record(type, id)
    }

    /// A complete request.
    static func request(
        _ id: UInt16 = 1, keep: Bool = true, _ parameters: [(String, String)] = [("REQUEST_URI", "/")],
        body: [UInt8] = []
    ) -> [UInt8] {
        head(id, keep: keep, parameters) + stream(input, id, body)
    }

    /// A request up to the end of its parameters.
    static func head(
        _ id: UInt16 = 1, keep: Bool = true, _ parameters: [(String, String)] = [("REQUEST_URI", "/")]
    ) -> [UInt8] {
        begin(id, keep: keep) + stream(Wire.parameters, id, parameters.flatMap { pair($0.0, $0.1) })
    }

    static func endRequest(_ id: UInt16, _ status: UInt8 = requestComplete) -> [UInt8] {
        record(end, id, [0, 0, 0, 0, status, 0, 0, 0])
    }

    /// A response exactly as libfcgi frames it: records padded with zeros to a multiple of eight bytes.
    static func answer(_ id: UInt16 = 1, _ content: [UInt8], flushedAt flushes: [Int] = []) -> [UInt8] {
        var bytes: [UInt8] = []
        var start = 0
        while start < content.count {
            let flush = flushes.first { $0 > start } ?? content.count
            let end = min(start + libfcgiContent, flush)
            bytes += padded(output, id, Array(content[start..<end]))
            start = end
        }
        return bytes + record(output, id) + endRequest(id)
    }
}
