import Glibc
import Launcher
import SystemPackage

/// Parsers of single values. Each returns `nil` if the value is invalid.
enum Parse {
    static func port(_ text: String) -> Int? { number(text, in: 1...65_535) }

    /// Splits a text at commas and trims spaces from the parts.
    static func list(_ text: String) -> [String] {
        text.split(separator: ",", omittingEmptySubsequences: false).map { part in
            String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
    }

    /// Parses a whole number in ASCII digits.
    static func number(_ text: some StringProtocol, in range: ClosedRange<Int>) -> Int? {
        TemplateVariable.Kind.number(text, in: range)
    }

    static func boolean(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "true", "yes", "on", "1": true
        case "false", "no", "off", "0": false
        default: nil
        }
    }

    /// The longest duration whose nanoseconds safely fit into the 64 bits of a timer.
    static let longestDuration = Duration.seconds(100_000 * 86_400)

    /// Parses `90s`, `5m`, `2h`, `3d`, `500ms` and sequences like `1h30m`, up to ``longestDuration``.
    static func duration(_ text: String) -> Duration? {
        var total = Duration.zero
        var rest = Substring(text)
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            guard digits.count <= 9, let number = Int(digits) else { return nil }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(unit.count)
            switch unit {
            case "ms": total += .milliseconds(number)
            case "s": total += .seconds(number)
            case "m": total += .seconds(number * 60)
            case "h": total += .seconds(number * 3_600)
            case "d": total += .seconds(number * 86_400)
            default: return nil
            }
            guard total <= longestDuration else { return nil }
        }
        return total
    }

    /// Makes a path absolute; rejects characters that are special in a web server's configuration.
    static func path(_ text: String) -> String? {
        text.isEmpty || text.utf8.contains(0) ? nil : TemplateVariable.Kind.path.value(of: Paths.absolute(text))
    }

    static let allowedPath = "a path of letters, digits and / . _ - + @ = , : ~ %"

    /// Parses an http or https address with a host and without user, query and fragment; drops a final slash.
    static func address(_ text: String) -> String? {
        guard let (_, rest) = authority(of: text), text.utf8.count <= 2_048 else { return nil }
        let isPath = rest.utf8.allSatisfy { $0.isLetterOrDigit || "-._~!$&'()*+,;=:/%".utf8.contains($0) }
        // Two hexadecimal digits must follow every `%`.
        let escapes = rest.split(separator: "%", omittingEmptySubsequences: false).dropFirst()
        guard isPath, escapes.allSatisfy({ $0.prefix(2).count == 2 && $0.prefix(2).allSatisfy(\.isHexDigit) }) else {
            return nil
        }
        return text.hasSuffix("/") ? String(text.dropLast()) : text
    }

    /// Whether the host of an address is a loopback address.
    static func isLoopback(_ address: String) -> Bool {
        guard let (host, _) = authority(of: address) else { return false }
        return host.hasPrefix("127.") && host.utf8.allSatisfy { $0 == 0x2E || $0.isDigit }
            || host == "localhost" || host == "[::1]"
    }

    /// Returns the host of an http or https address, and the text after the authority. A port must be 1 to 65,535, and
    /// an IPv6 address must be in brackets.
    private static func authority(of address: String) -> (host: String, rest: Substring)? {
        guard let scheme = ["https://", "http://"].first(where: { address.hasPrefix($0) }) else { return nil }
        let authority = address.dropFirst(scheme.count).prefix { $0 != "/" }
        var host = authority
        if let colon = authority.lastIndex(of: ":"), !authority.hasSuffix("]") {
            guard port(String(authority[authority.index(after: colon)...])) != nil else { return nil }
            host = authority[..<colon]
        }
        guard !host.contains(":") || host.hasPrefix("["),
            let written = TemplateVariable.Kind.peer.value(of: String(host))
        else { return nil }
        return (written, address[authority.endIndex...])
    }
}

enum Paths {
    /// Makes a path absolute, relative to the current directory, and normalizes it.
    static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/"), let directory = getcwd(nil, 0) else { return normal(path) }
        defer { free(directory) }
        return normal("\(String(cString: directory))/\(path)")
    }

    private static func normal(_ path: String) -> String { FilePath(path).lexicallyNormalized().string }

    /// Returns the directory of the nginx templates: `nginx` in the current directory if it exists, otherwise the
    /// installed one.
    static func nginxDirectory() -> String {
        let inSources = absolute("nginx")
        if access("\(inSources)/nginx.conf.template", R_OK) == 0 { return inSources }
        let program = FilePath(executable)
        let installed = program.removingLastComponent().removingLastComponent()
            .appending("share/instacrawler/nginx").string
        return access(installed, R_OK) == 0 ? installed : inSources
    }

    /// The path of this program's file.
    static var executable: String {
        var buffer = [CChar](repeating: 0, count: 4_096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        return String(decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// The sites that may frame the embeds.
enum FrameAncestors {
    /// Parses the sources of the directive `frame-ancestors` (CSP Level 3, section 6.4.2).
    ///
    /// - Returns: sources that cannot end the directive or the header field; `nil` if the text is invalid.
    static func parse(_ text: String) -> String? {
        // The value is in the header of every response, and web servers limit headers to a few KiB.
        guard text.utf8.count <= 2_048 else { return nil }
        if text == "*" { return text }
        if ["none", "'none'"].contains(text) { return "'none'" }
        let sources = text.split(separator: " ").map { source in
            source == "self" || source == "'self'" ? "'self'" : isOrigin(source) ? String(source) : nil
        }
        guard !sources.isEmpty, sources.allSatisfy({ $0 != nil }) else { return nil }
        return sources.compactMap(\.self).joined(separator: " ")
    }

    /// Whether a text is an origin like `https://example.com`, with an optional port and an optional `*.` before the
    /// host.
    private static func isOrigin(_ text: Substring) -> Bool {
        guard let host = ["https://", "http://"].first(where: text.hasPrefix).map({ text.dropFirst($0.count) }) else {
            return false
        }
        let name = host.hasPrefix("*.") ? host.dropFirst(2) : host
        let parts = name.split(separator: ":", omittingEmptySubsequences: false)
        guard let first = parts.first, !first.isEmpty, parts.count <= 2,
            first.utf8.allSatisfy({ $0.isLetterOrDigit || "-.".utf8.contains($0) })
        else { return false }
        return parts.count == 1 || Parse.port(String(parts[1])) != nil
    }
}
