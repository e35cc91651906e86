import CFastCGI
import Glibc

/// The parameters of a request: CGI meta-variables such as `REQUEST_METHOD`, and header fields as `HTTP_*` (RFC 3875,
/// section 4.1).
///
/// They are in the order of the web server, and names may repeat. A value ends at its first NUL byte. The parameters
/// are never added to the process's environment.
public struct FastCGIParameters: Sendable {
    /// All parameters as `NAME=VALUE`, one after the other.
    private let bytes: [UInt8]
    /// The offsets of each parameter's start, `=` and end.
    private let entries: [Entry]

    private struct Entry {
        var start: Int32
        var equals: Int32
        var end: Int32
    }

    /// Copies libfcgi's null-terminated array.
    init(environment: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) {
        var entries: [Entry] = []
        entries.reserveCapacity(32)
        var end = 0
        var next = environment
        while let place = next, let string = place.pointee {
            let length = strlen(string)
            let equals = memchr(string, 0x3D, length).map { UnsafeRawPointer($0) - UnsafeRawPointer(string) } ?? length
            entries.append(Entry(start: Int32(end), equals: Int32(end + equals), end: Int32(end + length)))
            end += length
            next = place + 1
        }
        bytes = [UInt8](unsafeUninitializedCapacity: end) { buffer, count in
            for (index, entry) in entries.enumerated() {
                guard let target = buffer.baseAddress, let string = environment?[index] else { continue }
                memcpy(target + Int(entry.start), string, Int(entry.end - entry.start))
            }
            count = end
        }
        self.entries = entries
    }

    /// Creates parameters from pairs and keeps their order.
    public init(_ pairs: some Sequence<(name: String, value: String)>) {
        var bytes: [UInt8] = []
        var entries: [Entry] = []
        for (name, value) in pairs {
            let start = bytes.count
            bytes += name.utf8
            let equals = bytes.count
            bytes.append(0x3D)
            bytes += value.utf8
            entries.append(Entry(start: Int32(start), equals: Int32(equals), end: Int32(bytes.count)))
        }
        self.bytes = bytes
        self.entries = entries
    }

    /// The number of parameters.
    public var count: Int { entries.count }

    /// The value of the first parameter with a name, or nil.
    public subscript(name: String) -> String? {
        var name = name
        return name.withUTF8 { wanted in
            bytes.withUnsafeBytes { bytes in
                for entry in entries where Int(entry.equals - entry.start) == wanted.count {
                    guard let base = bytes.baseAddress, let wantedBase = wanted.baseAddress,
                        memcmp(base + Int(entry.start), wantedBase, wanted.count) == 0
                    else { continue }
                    return value(of: entry, in: bytes)
                }
                return nil
            }
        }
    }

    /// Calls `body` with the bytes of every name and value, in order and without copying. The bytes are valid only
    /// during the call.
    func forEachInPlace(_ body: (_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Void) {
        bytes.withUnsafeBytes { bytes in
            for entry in entries {
                let value = min(Int(entry.equals) + 1, Int(entry.end))..<Int(entry.end)
                body(
                    UnsafeRawBufferPointer(rebasing: bytes[Int(entry.start)..<Int(entry.equals)]),
                    UnsafeRawBufferPointer(rebasing: bytes[value]))
            }
        }
    }

    /// Calls `body` with every name and value, in order.
    public func forEach(_ body: (_ name: String, _ value: String) throws -> Void) rethrows {
        try bytes.withUnsafeBytes { bytes in
            for entry in entries {
                let name = bytes[Int(entry.start)..<Int(entry.equals)]
                try body(String(decoding: name, as: UTF8.self), value(of: entry, in: bytes))
            }
        }
    }

    private func value(of entry: Entry, in bytes: UnsafeRawBufferPointer) -> String {
        String(decoding: bytes[min(Int(entry.equals) + 1, Int(entry.end))..<Int(entry.end)], as: UTF8.self)
    }
}
