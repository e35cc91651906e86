/// A record that the server wrote.
struct WireRecord: Equatable, Sendable, CustomStringConvertible {
    var type: UInt8
    var id: UInt16
    var content: [UInt8]

    var description: String { "type \(type), id \(id), \(content.count) bytes" }
}

/// The server's complete output for one request.
struct Answer: Equatable, Sendable {
    var output: [UInt8] = []
    var errors: [UInt8] = []
    /// The protocol status of FCGI_END_REQUEST; nil if the connection ended before it.
    var status: UInt8?

    var text: String { String(decoding: output, as: UTF8.self) }
    var errorText: String { String(decoding: errors, as: UTF8.self) }
    /// The output without the head.
    var body: [UInt8] {
        guard output.count >= 4 else { return [] }
        let end = (0...output.count - 4).first { output[$0..<$0 + 4].elementsEqual([13, 10, 13, 10]) }
        return end.map { Array(output[($0 + 4)...]) } ?? []
    }
}
