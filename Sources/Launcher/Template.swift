import Glibc

/// A configuration file with variables in the form `${NAME}`, as in the official nginx image and `envsubst`.
///
/// nginx's own variables (`$uri`) remain. An unknown `${NAME}` is an error, and so is a value that could end a
/// directive and start another.
package struct Template: Sendable {
    /// The path of the file, for error messages.
    package let name: String
    private let text: String

    package init(name: String, text: String) {
        self.name = name
        self.text = text
    }

    /// - Throws: ``LauncherError/cannotRead(_:reason:)``.
    package init(contentsOf path: String) throws(LauncherError) {
        self.init(name: path, text: try Files.read(path))
    }

    /// The names of the variables in the template.
    package var variables: Set<String> {
        var names: Set<String> = []
        var rest = text[...]
        while let start = rest.firstRange(of: "${") {
            let name = rest[start.upperBound...].prefix { $0 != "}" }
            names.insert(String(name))
            rest = rest[name.endIndex...]
        }
        return names
    }

    /// Replaces the variables.
    ///
    /// - Throws: ``TemplateError`` with the file and line.
    package func render(_ variables: [TemplateVariable]) throws(TemplateError) -> String {
        let values = Dictionary(variables.map { ($0.name, $0) }) { first, _ in first }
        var rendered = ""
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if index > 0 { rendered.append("\n") }
            var rest = line
            while let start = rest.firstRange(of: "${") {
                rendered += rest[..<start.lowerBound]
                let after = rest[start.upperBound...]
                let place = TemplateError.Place(file: name, line: index + 1)
                guard let end = after.firstIndex(of: "}") else { throw .unclosed(place) }
                let variable = String(after[..<end])
                guard let known = values[variable] else {
                    throw .unknown(variable, place, known: variables.map(\.name).sorted())
                }
                rendered += try known.checked(for: place)
                rest = after[after.index(after: end)...]
            }
            rendered += rest
        }
        return rendered
    }
}

/// A variable of a ``Template`` and its value.
package struct TemplateVariable: Sendable, Equatable {
    /// The values that a variable may have, and their spelling in the configuration of a web server. Settings follow
    /// the same rules, so a template accepts every valid setting, and nginx and this program read it in the same way.
    package enum Kind: Sendable, Equatable {
        /// A TCP port, 1 to 65,535.
        case port
        /// An IPv4 address, an IPv6 address, or `*`.
        case host
        /// The name or the IP address of a host to connect to.
        case peer
        /// An absolute path without white space and without characters that are special to web servers.
        case path
        /// Like ``host``, with an IPv6 address without brackets.
        case address
        /// A rate of requests in nginx's format: `50r/s` or `600r/m`.
        case rate
        /// A whole number in a range.
        case number(ClosedRange<Int>)
        /// Directives about networks, each ending with a `;`, such as `set_real_ip_from 10.0.0.0/8;`; may be empty.
        case networks

        /// Returns the value in the spelling for configurations: an IPv6 address in brackets, numbers without leading
        /// zeros. Returns `nil` if the value is not allowed.
        package func value(of text: String) -> String? {
            switch self {
            case .port: Self.number(text, in: 1...65_535).map(String.init)
            case .host: text == "*" ? text : Self.address(text)
            case .address: text == "*" ? text : Self.address(text)?.filter { !"[]".contains($0) }
            case .peer: Self.address(text) ?? Self.hostName(text)
            case .path: text.hasPrefix("/") && text.utf8.allSatisfy(Self.isPlain) ? text : nil
            case .rate: Self.rate(text)
            case .number(let range): Self.number(text, in: range).map(String.init)
            // Only words, addresses and numbers: a block or a path is impossible.
            case .networks: text.utf8.allSatisfy { $0.isLowercaseOrDigit || "./:_; ".utf8.contains($0) } ? text : nil
            }
        }

        /// The allowed values, for error messages.
        package var allowed: String {
            switch self {
            case .port: "1 to 65535"
            case .host, .address: "an IPv4 address such as 127.0.0.1, an IPv6 address such as [::1], or *"
            case .peer: "the name, the IPv4 address or the IPv6 address of a host"
            case .path: "an absolute path of letters, digits and / . _ - + @ = , : ~ %"
            case .rate: "requests a second or a minute, 1 to 1000000, such as 50r/s or 600r/m"
            case .number(let range): "\(range.lowerBound) to \(range.upperBound)"
            case .networks: "directives with networks"
            }
        }

        /// Parses a whole number in ASCII digits.
        package static func number(_ text: some StringProtocol, in range: ClosedRange<Int>) -> Int? {
            guard text.utf8.allSatisfy(\.isDigit), let number = Int(text), range.contains(number) else { return nil }
            return number
        }

        /// Parses an IPv4 address of four decimal numbers, or an IPv6 address with or without brackets. Rejects the
        /// short forms of IPv4 (nginx reads `1.2.3` as 1.2.0.3).
        private static func address(_ text: String) -> String? {
            // A C string ends at a NUL; the rest would remain unchecked.
            guard !text.utf8.contains(0) else { return nil }
            var bytes = in6_addr()
            if inet_pton(AF_INET, text, &bytes) == 1 { return text }
            let isBracketed = text.hasPrefix("[") && text.hasSuffix("]") && text.utf8.count > 2
            guard inet_pton(AF_INET6, isBracketed ? String(text.dropFirst().dropLast()) : text, &bytes) == 1 else {
                return nil
            }
            let octets = withUnsafeBytes(of: &bytes) { Array($0) }
            // An IPv4-mapped address becomes IPv4, because nginx accepts only IPv6 on IPv6 sockets.
            if octets.prefix(10).allSatisfy({ $0 == 0 }), octets[10] == 0xFF, octets[11] == 0xFF {
                return octets.suffix(4).map { String($0) }.joined(separator: ".")
            }
            var written = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
            guard inet_ntop(AF_INET6, &bytes, &written, socklen_t(written.count)) != nil else { return nil }
            return "[\(String(decoding: written.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))]"
        }

        /// Accepts labels of letters, digits, `-` and `_`. The last label must not be a number, because a resolver
        /// would read the name as an address. The name must not be `unix`, which nginx reads as the start of a path.
        private static func hostName(_ text: String) -> String? {
            let labels = text.split(separator: ".", omittingEmptySubsequences: false)
            guard let last = labels.last, (1...253).contains(text.utf8.count), text.lowercased() != "unix",
                !last.utf8.allSatisfy(\.isDigit), !last.lowercased().hasPrefix("0x"),
                labels.allSatisfy({ label in
                    (1...63).contains(label.utf8.count) && !label.hasPrefix("-")
                        && label.utf8.allSatisfy { $0.isLetterOrDigit || "-_".utf8.contains($0) }
                })
            else { return nil }
            return text
        }

        private static func rate(_ text: String) -> String? {
            for unit in ["r/s", "r/m"] where text.hasSuffix(unit) {
                return number(text.dropLast(unit.count), in: 1...1_000_000).map { "\($0)\(unit)" }
            }
            return nil
        }

        /// Accepts letters, digits, bytes above ASCII, and punctuation that is not special in configurations and glob
        /// patterns.
        private static func isPlain(_ byte: UInt8) -> Bool {
            byte.isLetterOrDigit || byte >= 0x80 || "/._-+@=,:~%".utf8.contains(byte)
        }
    }

    /// Upper-case letters, digits and `_`.
    package let name: String
    /// `nil` if the variable is not set; a template that uses it is then an error.
    let value: String?
    let kind: Kind

    package init(_ name: String, _ value: String?, _ kind: Kind) {
        self.name = name
        self.value = value
        self.kind = kind
    }

    /// Returns the value in the spelling of its kind.
    func checked(for place: TemplateError.Place) throws(TemplateError) -> String {
        guard let value, !value.isEmpty || kind == .networks else { throw .unset(name, place) }
        guard let written = kind.value(of: value) else {
            throw .refused(name, value: value, allowed: kind.allowed, place)
        }
        return written
    }
}

/// An error in a template or in the value of a variable.
package enum TemplateError: Error, Equatable, CustomStringConvertible {
    package struct Place: Sendable, Equatable, CustomStringConvertible {
        package var file: String
        /// Counted from 1.
        package var line: Int

        package var description: String { "\(file):\(line)" }
    }

    /// A `${` without its `}`.
    case unclosed(Place)
    /// An unknown variable.
    case unknown(String, Place, known: [String])
    /// A variable without a value.
    case unset(String, Place)
    /// A value that is not allowed.
    case refused(String, value: String, allowed: String, Place)

    package var description: String {
        switch self {
        case .unclosed(let place): "\(place): a ${ has no }"
        case .unknown(let name, let place, let known):
            "\(place): ${\(name)} is not known; known are \(known.joined(separator: ", "))"
        case .unset(let name, let place): "\(place): ${\(name)} is not set"
        case .refused(let name, let value, let allowed, let place):
            "\(place): \(name) is '\(value.prefix(100))'; allowed is \(allowed)"
        }
    }
}

extension UInt8 {
    /// Whether it is an ASCII digit.
    package var isDigit: Bool { (0x30...0x39).contains(self) }
    /// Whether it is an ASCII lower-case letter or digit.
    package var isLowercaseOrDigit: Bool { isDigit || (0x61...0x7A).contains(self) }
    /// Whether it is an ASCII letter or digit.
    package var isLetterOrDigit: Bool { isLowercaseOrDigit || (0x41...0x5A).contains(self) }
}
