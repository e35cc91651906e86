/// Parses `Link` fields (RFC 8288, section 3). A malformed link is skipped.
enum LinkHeader {
    /// The longest field that is read, in bytes.
    private static let longest = 16_384

    /// The value of a query parameter in the address of the relation `next`.
    ///
    /// Nothing else of the address is used: it could lead anywhere, and some servers omit parameters.
    static func next(_ parameter: String, in fields: [String]) -> String? {
        for field in fields {
            var reader = LinkReader(rest: Array(field.utf8.prefix(longest))[...])
            while let link = reader.next() {
                guard link.relations.contains("next"), let value = value(of: parameter, in: link.address) else {
                    continue
                }
                return value
            }
        }
        return nil
    }

    /// The percent-decoded value of the first query parameter of this name.
    private static func value(of parameter: String, in address: ArraySlice<UInt8>) -> String? {
        let query = address.prefix { $0 != UInt8(ascii: "#") }.drop { $0 != UInt8(ascii: "?") }.dropFirst()
        for pair in query.split(separator: UInt8(ascii: "&")) {
            let name = pair.prefix { $0 != UInt8(ascii: "=") }
            guard name.elementsEqual(parameter.utf8), name.endIndex < pair.endIndex else { continue }
            return String(decoding: pair[name.endIndex...].dropFirst(), as: UTF8.self).percentDecoded
        }
        return nil
    }
}

/// Parses links from the front of a field.
private struct LinkReader {
    struct Link {
        var address: ArraySlice<UInt8>
        /// In lower case.
        var relations: [String] = []
    }

    var rest: ArraySlice<UInt8>

    mutating func next() -> Link? {
        // Skip separators, and anything that is not part of a link.
        rest = rest.drop { $0 != UInt8(ascii: "<") }.dropFirst()
        guard let end = rest.firstIndex(of: UInt8(ascii: ">")) else { return nil }
        var link = Link(address: rest[..<end])
        rest = rest[end...].dropFirst()
        var hasRelation = false
        skipSpaces()
        while take(UInt8(ascii: ";")) {
            skipSpaces()
            let name = String(decoding: takeToken(), as: UTF8.self).lowercased()
            skipSpaces()
            var value: [UInt8] = []
            if take(UInt8(ascii: "=")) {
                skipSpaces()
                value = takeValue()
                skipSpaces()
            }
            // The first of several is used.
            guard name == "rel", !hasRelation else { continue }
            hasRelation = true
            link.relations = value.split { $0 == 0x20 || $0 == 0x09 }
                .map { String(decoding: $0, as: UTF8.self).lowercased() }
        }
        // Skip the rest of a malformed link, up to the next possible one.
        while let byte = rest.first, byte != UInt8(ascii: ",") {
            if byte == UInt8(ascii: "\"") { _ = takeValue() } else { rest = rest.dropFirst() }
        }
        return link
    }

    private mutating func skipSpaces() { rest = rest.drop { $0 == 0x20 || $0 == 0x09 } }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard rest.first == byte else { return false }
        rest = rest.dropFirst()
        return true
    }

    private mutating func takeToken() -> ArraySlice<UInt8> {
        let token = rest.prefix { $0 > 0x20 && !"\"(),/:;<=>?@[\\]{}".utf8.contains($0) }
        rest = rest[token.endIndex...]
        return token
    }

    private mutating func takeValue() -> [UInt8] {
        guard take(UInt8(ascii: "\"")) else { return Array(takeToken()) }
        var value: [UInt8] = []
        while let byte = rest.first, byte != UInt8(ascii: "\"") {
            rest = rest.dropFirst()
            if byte == UInt8(ascii: "\\"), let quoted = rest.first {
                value.append(quoted)
                rest = rest.dropFirst()
            } else {
                value.append(byte)
            }
        }
        rest = rest.dropFirst()
        return value
    }
}
