import Glibc
import Launcher

/// A file of `NAME=VALUE` lines in the syntax of `.env` files.
///
/// - Lines end with LF, CRLF or CR. A byte order mark at the start is skipped.
/// - Empty lines and lines that start with `#` are skipped. So are `export` before a name and white space around names
///   and values.
/// - White space followed by `#` ends a value. Single quotes and backticks have no escapes. Double quotes have the
///   escapes `\n`, `\r`, `\t`, `\"`, `\\` and `\$`. A quoted value may span lines.
/// - Variables are not expanded. If a name is repeated, the last value counts.
///
/// Any other line is an error that reports its number.
struct EnvironmentFile: Equatable {
    /// An invalid line. The text of the line is not shown because it may contain a secret.
    struct Failure: Error, Equatable, CustomStringConvertible {
        var line: Int
        var reason: String

        var description: String { "line \(line) \(reason)" }
    }

    private(set) var values: [String: String] = [:]

    init() {}

    init(_ bytes: [UInt8]) throws(Failure) {
        var reader = Reader(bytes)
        while let (name, value) = try reader.next() { values[name] = value }
    }

    /// The largest allowed file, in bytes.
    private static let largest = 1 << 20

    /// Reads a file; a missing file has no values.
    init(path: String) throws(SettingError) {
        func error(_ reason: String) -> SettingError {
            SettingError(
                name: path, value: reason, allowed: "a file of NAME=VALUE lines that can be read, at most 1 MiB")
        }
        // Without `O_NONBLOCK`, opening a pipe that has no writer would block.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT {
                self.init()
                return
            }
            throw error(String(cString: strerror(errno)))
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(descriptor, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw error(String(cString: strerror(errno))) }
            if count == 0 { break }
            bytes += piece[..<count]
            guard bytes.count <= Self.largest else { throw error("more than 1 MiB") }
        }
        do throws(Failure) {
            try self.init(bytes)
        } catch {
            throw SettingError(name: path, value: "\(error)", allowed: "NAME=VALUE, a comment or nothing in each line")
        }
    }

    /// Reads assignments from the bytes of a file.
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
            var name = takeName()
            if name.elementsEqual("export".utf8), rest.first != UInt8(ascii: "=") { name = takeName() }
            guard rest.first == UInt8(ascii: "=") else { throw failure("has no = after a name", at: start) }
            guard name.first?.isDigit == false, name.allSatisfy({ $0.isLetterOrDigit || $0 == UInt8(ascii: "_") })
            else {
                throw failure("has a name that is not letters, digits and _", at: start)
            }
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

        private mutating func takeName() -> ArraySlice<UInt8> {
            defer { skipBlanks() }
            return take { !Self.isBlank($0) && !Self.isLineBreak($0) && $0 != UInt8(ascii: "=") }
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
