import Glibc

/// A file of `NAME=VALUE` lines, read as other programs read `.env`:
///
/// - The lines end with LF, CRLF or CR. A byte order mark at the beginning is skipped.
/// - Empty lines and lines that begin with `#` say nothing. `export` before a name is skipped, and so is white space
///   around names and values.
/// - A value ends at white space that a `#` follows. In single quotes or backticks, it is taken as it is; in double
///   quotes, `\n`, `\r`, `\t`, `\"`, `\\` and `\$` are escapes. A quoted value may have several lines.
/// - Nothing is expanded. Of a name that repeats, the last value counts.
///
/// Anything else is an error with the number of its line.
struct EnvironmentFile: Equatable {
    /// What cannot be read. The text of the line may hold a secret, so it is not told.
    struct Failure: Error, Equatable, CustomStringConvertible {
        var line: Int
        var reason: String

        var description: String { "line \(line) \(reason)" }
    }

    private(set) var values: [String: String] = [:]

    /// No file.
    init() {}

    /// Reads the text of a file.
    init(_ bytes: [UInt8]) throws(Failure) {
        var reader = Reader(bytes)
        while let (name, value) = try reader.next() { values[name] = value }
    }

    /// The largest file, in bytes.
    private static let largest = 1 << 20

    /// Reads a file; one that is missing is empty.
    ///
    /// - Throws: ``SettingError``.
    init(path: String) throws(SettingError) {
        let allowed = "a file of NAME=VALUE lines that can be read, at most 1 MiB"
        // A pipe with nobody at the other end would not be opened, ever.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT {
                self.init()
                return
            }
            throw SettingError(name: path, value: String(cString: strerror(errno)), allowed: allowed)
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(descriptor, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                throw SettingError(name: path, value: String(cString: strerror(errno)), allowed: allowed)
            }
            if count == 0 { break }
            bytes += piece[..<count]
            guard bytes.count <= Self.largest else {
                throw SettingError(name: path, value: "more than 1 MiB", allowed: allowed)
            }
        }
        do throws(Failure) {
            try self.init(bytes)
        } catch {
            throw SettingError(name: path, value: "\(error)", allowed: "NAME=VALUE, a comment or nothing in each line")
        }
    }

    /// Goes through the bytes of a file, an assignment at a time.
    private struct Reader {
        private var rest: ArraySlice<UInt8>
        private var line = 1

        init(_ bytes: [UInt8]) {
            rest = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        }

        mutating func next() throws(Failure) -> (name: String, value: String)? {
            while let first = rest.first {
                if Self.isLineBreak(first) {
                    skipLineBreak()
                } else if Self.isBlank(first) {
                    rest.removeFirst()
                } else if first == UInt8(ascii: "#") {
                    rest = rest.drop { !Self.isLineBreak($0) }
                } else {
                    return try assignment()
                }
            }
            return nil
        }

        private mutating func assignment() throws(Failure) -> (name: String, value: String) {
            let start = line
            var name = take { !Self.isBlank($0) && !Self.isLineBreak($0) && $0 != UInt8(ascii: "=") }
            skipBlanks()
            if name.elementsEqual("export".utf8), rest.first != UInt8(ascii: "=") {
                name = take { !Self.isBlank($0) && !Self.isLineBreak($0) && $0 != UInt8(ascii: "=") }
                skipBlanks()
            }
            guard rest.first == UInt8(ascii: "=") else { throw failure("has no = after a name", at: start) }
            let isName =
                name.first.map { !(0x30...0x39).contains($0) } ?? false
                && name.allSatisfy { byte in
                    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                        || byte == UInt8(ascii: "_")
                }
            guard isName else { throw failure("has a name that is not letters, digits and _", at: start) }
            rest.removeFirst()
            let value = try value(from: start)
            guard !value.contains(0), let text = String(validating: value, as: UTF8.self) else {
                throw failure("is not UTF-8 text", at: start)
            }
            return (String(decoding: name, as: UTF8.self), text)
        }

        private mutating func value(from start: Int) throws(Failure) -> [UInt8] {
            let hasBlank = rest.first.map(Self.isBlank) ?? false
            skipBlanks()
            guard let first = rest.first, !Self.isLineBreak(first) else { return [] }
            if "\"'`".utf8.contains(first) { return try quoted(by: first, from: start) }
            if hasBlank, first == UInt8(ascii: "#") {
                rest = rest.drop { !Self.isLineBreak($0) }
                return []
            }
            var value = take { !Self.isLineBreak($0) }
            if let comment = value.indices.dropFirst().first(where: {
                value[$0] == UInt8(ascii: "#") && Self.isBlank(value[$0 - 1])
            }) {
                value = value[..<comment]
            }
            while let last = value.last, Self.isBlank(last) { value.removeLast() }
            return Array(value)
        }

        private mutating func quoted(by quote: UInt8, from start: Int) throws(Failure) -> [UInt8] {
            rest.removeFirst()
            var value: [UInt8] = []
            while true {
                guard let byte = rest.popFirst() else { throw failure("has a quote that does not end", at: start) }
                if byte == quote { break }
                if byte == UInt8(ascii: "\n") { line += 1 }
                guard byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\""), let next = rest.first else {
                    value.append(byte)
                    continue
                }
                switch next {
                case UInt8(ascii: "n"): value.append(0x0A)
                case UInt8(ascii: "r"): value.append(0x0D)
                case UInt8(ascii: "t"): value.append(0x09)
                case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "$"): value.append(next)
                default:
                    value.append(byte)
                    continue
                }
                rest.removeFirst()
            }
            skipBlanks()
            if rest.first == UInt8(ascii: "#") { rest = rest.drop { !Self.isLineBreak($0) } }
            guard rest.first.map(Self.isLineBreak) ?? true else {
                throw failure("has text after the closing quote", at: line)
            }
            return value
        }

        private mutating func take(while holds: (UInt8) -> Bool) -> ArraySlice<UInt8> {
            let taken = rest.prefix(while: holds)
            rest = rest[taken.endIndex...]
            return taken
        }

        private mutating func skipBlanks() { rest = rest.drop(while: Self.isBlank) }

        private mutating func skipLineBreak() {
            line += 1
            rest = rest.dropFirst(rest.starts(with: [0x0D, 0x0A]) ? 2 : 1)
        }

        private func failure(_ reason: String, at line: Int) -> Failure { Failure(line: line, reason: reason) }

        private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
        private static func isLineBreak(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }
    }
}
