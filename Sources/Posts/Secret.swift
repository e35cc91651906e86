/// A secret text, such as an access token.
///
/// Every way of printing it gives `[redacted]`. ``reveal()`` returns the text for a request, and ``scrub(_:)`` removes
/// it from other texts.
package struct Secret: Sendable {
    private static let redacted = "[redacted]"

    private let value: String

    /// - Parameter value: the text to hide.
    package init(_ value: String) {
        self.value = value
    }

    /// Whether the text is empty.
    package var isEmpty: Bool { value.isEmpty }

    /// The text itself.
    package func reveal() -> String { value }

    /// Replaces every occurrence of the secret in a text with `[redacted]`, even if some or all of its bytes are
    /// percent-encoded, once or several times.
    package func scrub(_ text: String) -> String {
        guard !isEmpty else { return text }
        let bytes = Array(text.utf8)
        var scrubbed: [UInt8] = []
        var position = 0
        while position < bytes.count {
            if let end = endOfSecret(in: bytes, at: position) {
                scrubbed += Self.redacted.utf8
                position = end
            } else {
                scrubbed.append(bytes[position])
                position += 1
            }
        }
        return String(decoding: scrubbed, as: UTF8.self)
    }

    /// The end of an occurrence of the secret at `start`; `nil` if there is none.
    private func endOfSecret(in bytes: [UInt8], at start: Int) -> Int? {
        var position = start
        for byte in value.utf8 {
            if position < bytes.count, bytes[position] == byte {
                position += 1
            } else if let end = endOfEncoded(byte, in: bytes, at: position) {
                position = end
            } else {
                return nil
            }
        }
        return position
    }

    /// The end of a `%XX` (or `%25XX`, …) for `byte` at `start`; `nil` if there is none.
    private func endOfEncoded(_ byte: UInt8, in bytes: [UInt8], at start: Int) -> Int? {
        guard start < bytes.count, bytes[start] == UInt8(ascii: "%") else { return nil }
        var position = start + 1
        while bytes[position...].starts(with: "25".utf8) { position += 2 }
        guard UInt32(hexadecimal: bytes[position...].prefix(2), count: 2) == UInt32(byte) else { return nil }
        return position + 2
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// `[redacted]`.
    package var description: String { Self.redacted }
    /// `[redacted]`.
    package var debugDescription: String { Self.redacted }
    /// An empty mirror.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
