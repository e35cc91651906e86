import Glibc

/// The seed streams in `Corpus/`: text files of hexadecimal digits; `#` starts a comment.
enum Corpus {
    struct Unreadable: Error { var path: String }

    /// Returns all streams, sorted by file name.
    static func load(file: StaticString = #filePath) throws -> [[UInt8]] {
        let here = "\(file)".split(separator: "/").dropLast(2).joined(separator: "/")
        let directory = "/\(here)/Corpus"
        guard let handle = opendir(directory) else { throw Unreadable(path: directory) }
        defer { closedir(handle) }
        var names: [String] = []
        while let entry = readdir(handle) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasSuffix(".hex") { names.append(name) }
        }
        guard !names.isEmpty else { throw Unreadable(path: directory) }
        return try names.sorted().map { try read("\(directory)/\($0)") }
    }

    private static func read(_ path: String) throws -> [UInt8] {
        guard let file = fopen(path, "r") else { throw Unreadable(path: path) }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var high: UInt8?
        var isComment = false
        while case let character = fgetc(file), character != EOF {
            if character == 10 { isComment = false }
            if character == 35 { isComment = true }
            guard !isComment, let digit = Character(UnicodeScalar(UInt8(character))).hexDigitValue else { continue }
            if let first = high {
                bytes.append(first << 4 | UInt8(digit))
                high = nil
            } else {
                high = UInt8(digit)
            }
        }
        return bytes
    }
}
