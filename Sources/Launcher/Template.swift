import Glibc

/// A configuration file with variables written `${NAME}`, as the official nginx image and `envsubst` write them.
///
/// Only the names it is rendered with are replaced. nginx's own variables (`$uri`) stay as they are; another
/// `${NAME}` is an error, and so is a value that could end a directive and begin another.
package struct Template: Sendable {
    /// What error messages call it.
    package let name: String
    private let text: String

    /// - Parameters:
    ///   - name: the file, for error messages.
    ///   - text: its contents.
    package init(name: String, text: String) {
        self.name = name
        self.text = text
    }

    /// Reads a template.
    ///
    /// - Throws: ``LauncherError/cannotRead(_:reason:)``.
    package init(contentsOf path: String) throws(LauncherError) {
        self.init(name: path, text: try Files.read(path))
    }

    /// The names of the variables that it uses.
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

    /// Fills in the variables.
    ///
    /// - Parameter variables: all that the template may use.
    /// - Throws: ``TemplateError`` with file and line.
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
    /// What a value may be, and how it is written for a web server. The settings of the command line are read by the
    /// same rules, so that nothing passes there that a template refuses, or that nginx reads in another way.
    package enum Kind: Sendable, Equatable {
        /// A TCP port, 1 to 65,535.
        case port
        /// An IPv4 address, an IPv6 address, or `*`.
        case host
        /// The name or the IP address of a host to connect to.
        case peer
        /// An absolute path without white space or the characters that web servers give a meaning.
        case path
        /// As ``host``, with an IPv6 address without its brackets.
        case address
        /// A rate of requests as nginx writes it: `50r/s` or `600r/m`.
        case rate
        /// A whole number in a range.
        case number(ClosedRange<Int>)
        /// Directives about networks, each with a `;`, such as `set_real_ip_from 10.0.0.0/8;`; may be empty.
        case networks

        /// The value in the one spelling that is written into configurations: an IPv6 address in brackets, numbers
        /// without leading zeros. Returns `nil` for a value that is not allowed.
        package func value(of text: String) -> String? {
            switch self {
            case .port: Self.number(text, in: 1...65_535).map(String.init)
            case .host: text == "*" ? text : Self.address(text)
            case .address: text == "*" ? text : Self.address(text)?.filter { !"[]".contains($0) }
            case .peer: Self.address(text) ?? Self.hostName(text)
            case .path: text.hasPrefix("/") && text.utf8.allSatisfy(Self.isPlain) ? text : nil
            case .rate: Self.rate(text)
            case .number(let range): Self.number(text, in: range).map(String.init)
            // A word in front, an address and a number: nothing that opens a block or holds a path.
            case .networks:
                text.utf8.allSatisfy { byte in
                    (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte) || "./:_; ".utf8.contains(byte)
                } ? text : nil
            }
        }

        /// What is allowed, for error messages.
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

        /// A whole number, written with ASCII digits alone.
        package static func number(_ text: some StringProtocol, in range: ClosedRange<Int>) -> Int? {
            guard text.utf8.allSatisfy(isDigit), let number = Int(text), range.contains(number) else { return nil }
            return number
        }

        /// An IPv4 address of four decimal numbers, or an IPv6 address, with brackets or without. The short forms that
        /// some programs take for IPv4 (`1.2.3` is 1.2.0.3 to nginx) are refused.
        private static func address(_ text: String) -> String? {
            // A C string ends at a NUL, and what follows would be believed.
            guard !text.utf8.contains(0) else { return nil }
            var bytes = in6_addr()
            if inet_pton(AF_INET, text, &bytes) == 1 { return text }
            let isBracketed = text.hasPrefix("[") && text.hasSuffix("]") && text.utf8.count > 2
            guard inet_pton(AF_INET6, isBracketed ? String(text.dropFirst().dropLast()) : text, &bytes) == 1 else {
                return nil
            }
            let octets = withUnsafeBytes(of: &bytes) { Array($0) }
            // IPv4 inside IPv6 is IPv4: a socket of nginx takes one kind alone.
            if octets.prefix(10).allSatisfy({ $0 == 0 }), octets[10] == 0xFF, octets[11] == 0xFF {
                return octets.suffix(4).map { String($0) }.joined(separator: ".")
            }
            var written = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
            guard inet_ntop(AF_INET6, &bytes, &written, socklen_t(written.count)) != nil else { return nil }
            return "[\(String(decoding: written.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))]"
        }

        /// Labels of letters, digits, `-` and `_`. The last label is not a number (a resolver would take the name for an
        /// address), and the name is not `unix`, which nginx takes for the beginning of a path.
        private static func hostName(_ text: String) -> String? {
            let labels = text.split(separator: ".", omittingEmptySubsequences: false)
            guard let last = labels.last, (1...253).contains(text.utf8.count), text.lowercased() != "unix",
                !last.utf8.allSatisfy(isDigit), !last.lowercased().hasPrefix("0x"),
                labels.allSatisfy({ label in
                    (1...63).contains(label.utf8.count) && !label.hasPrefix("-")
                        && label.utf8.allSatisfy { isLetterOrDigit($0) || "-_".utf8.contains($0) }
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

        private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

        private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
            isDigit(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        }

        /// Letters, digits, bytes above ASCII, and punctuation that means nothing to web servers or to glob patterns.
        private static func isPlain(_ byte: UInt8) -> Bool {
            isLetterOrDigit(byte) || byte >= 0x80 || "/._-+@=,:~%".utf8.contains(byte)
        }
    }

    /// The name, as it stands between `${` and `}`.
    package let name: String
    let value: String?
    let kind: Kind

    /// - Parameters:
    ///   - name: upper-case letters, digits and `_`.
    ///   - value: nil when it is not set; using it in a template is an error then.
    ///   - kind: what is allowed.
    package init(_ name: String, _ value: String?, _ kind: Kind) {
        self.name = name
        self.value = value
        self.kind = kind
    }

    /// The value, if it is one of its kind.
    func checked(for place: TemplateError.Place) throws(TemplateError) -> String {
        guard let value, !value.isEmpty || kind == .networks else { throw .unset(name, place) }
        guard let written = kind.value(of: value) else {
            throw .refused(name, value: value, allowed: kind.allowed, place)
        }
        return written
    }
}

/// What is wrong with a template or a value for it.
package enum TemplateError: Error, Equatable, CustomStringConvertible {
    /// Where it is.
    package struct Place: Sendable, Equatable, CustomStringConvertible {
        /// The template.
        package var file: String
        /// Counted from 1.
        package var line: Int

        /// `FILE:LINE`.
        package var description: String { "\(file):\(line)" }
    }

    /// A `${` without its `}`.
    case unclosed(Place)
    /// A name that is no variable of a template.
    case unknown(String, Place, known: [String])
    /// A variable without a value.
    case unset(String, Place)
    /// A value that is not allowed.
    case refused(String, value: String, allowed: String, Place)

    /// A sentence for a person.
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
