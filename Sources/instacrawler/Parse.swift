import Glibc
import Launcher
import SystemPackage

/// Readers of single values; nil means that a value is not allowed.
enum Parse {
    static func port(_ text: String) -> Int? { number(text, in: 1...65_535) }

    static let allowedRate = "off, or \(TemplateVariable.Kind.rate.allowed)"

    /// `off` is a rate that nobody reaches.
    static func rate(_ text: String) -> String? {
        text == "off" ? "1000000r/s" : TemplateVariable.Kind.rate.value(of: text)
    }

    /// A whole number, written with digits alone.
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

    static func host(_ text: String) -> String? { TemplateVariable.Kind.host.value(of: text) }

    static func peer(_ text: String) -> String? { TemplateVariable.Kind.peer.value(of: text) }

    /// A secret that goes into a header field or a query: visible ASCII characters.
    static func token(_ text: String) -> String? {
        text.utf8.count <= 4_096 && text.utf8.allSatisfy { (0x21...0x7E).contains($0) } ? text : nil
    }

    static let allowedToken = "at most 4096 visible ASCII characters"

    /// The longest duration. Its nanoseconds fit into 64 bits, which is what timers count with.
    static let longestDuration = Duration.seconds(100_000 * 86_400)

    /// `90s`, `5m`, `2h`, `3d`, `500ms`, and several in a row, as in `1h30m`; at most ``longestDuration``.
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

    /// A path that can stand in a web server's configuration, made absolute.
    static func path(_ text: String) -> String? {
        text.isEmpty || text.utf8.contains(0) ? nil : TemplateVariable.Kind.path.value(of: Paths.absolute(text))
    }

    static let allowedPath = "a path of letters, digits and / . _ - + @ = , : ~ %"

    /// An http or https address with a host, without user, query or fragment; a slash at the end is dropped.
    static func address(_ text: String) -> String? {
        guard let (_, rest) = authority(of: text), text.utf8.count <= 2_048 else { return nil }
        let isPath = rest.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || "-._~!$&'()*+,;=:/%".utf8.contains(byte)
        }
        // Every % begins an escape of two digits.
        let escapes = rest.split(separator: "%", omittingEmptySubsequences: false).dropFirst()
        guard isPath, escapes.allSatisfy({ $0.prefix(2).count == 2 && $0.prefix(2).allSatisfy(\.isHexDigit) }) else {
            return nil
        }
        return text.hasSuffix("/") ? String(text.dropLast()) : text
    }

    /// Whether an address is on this machine.
    static func isLoopback(_ address: String) -> Bool {
        guard let (host, _) = authority(of: address) else { return false }
        return host.hasPrefix("127.") && host.utf8.allSatisfy { $0 == 0x2E || (0x30...0x39).contains($0) }
            || host == "localhost" || host == "[::1]"
    }

    /// The host of an http or https address, and what follows the authority. A port is 1 to 65,535, and an IPv6 address
    /// stands in brackets.
    private static func authority(of address: String) -> (host: String, rest: Substring)? {
        guard let scheme = ["https://", "http://"].first(where: { address.hasPrefix($0) }) else { return nil }
        let authority = address.dropFirst(scheme.count).prefix { $0 != "/" }
        var host = authority
        if let colon = authority.lastIndex(of: ":"), !authority.hasSuffix("]") {
            guard port(String(authority[authority.index(after: colon)...])) != nil else { return nil }
            host = authority[..<colon]
        }
        guard !host.contains(":") || host.hasPrefix("["), let written = peer(String(host)) else { return nil }
        return (written, address[authority.endIndex...])
    }
}

/// Where things are.
enum Paths {
    /// A path from the root; a relative one starts at the current directory.
    static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/"), let directory = getcwd(nil, 0) else { return normal(path) }
        defer { free(directory) }
        return normal("\(String(cString: directory))/\(path)")
    }

    private static func normal(_ path: String) -> String {
        FilePath(path).lexicallyNormalized().string
    }

    /// The directory of the nginx templates: `nginx` in the current directory, else the one that is installed
    /// beside this program.
    static func nginxDirectory() -> String {
        let inSources = absolute("nginx")
        if access("\(inSources)/nginx.conf.template", R_OK) == 0 { return inSources }
        let program = FilePath(executable)
        let installed = program.removingLastComponent().removingLastComponent()
            .appending("share/instacrawler/nginx").string
        return access(installed, R_OK) == 0 ? installed : inSources
    }

    /// The file of this program.
    static var executable: String {
        var buffer = [CChar](repeating: 0, count: 4_096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        return String(decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// Who may frame the embeds, as a person writes it.
enum FrameAncestors {
    /// The sources of the directive `frame-ancestors` (CSP Level 3, section 6.4.2).
    ///
    /// - Returns: nil for what is not allowed; nothing that is could end the directive or the header field.
    static func parse(_ text: String) -> String? {
        // It stands in the head of every response, for which web servers have a few KiB.
        guard text.utf8.count <= 2_048 else { return nil }
        switch text {
        case "*": return "*"
        case "none", "'none'": return "'none'"
        default: break
        }
        let sources = text.split(separator: " ").map { source in
            source == "self" || source == "'self'" ? "'self'" : isOrigin(source) ? String(source) : nil
        }
        guard !sources.isEmpty, sources.allSatisfy({ $0 != nil }) else { return nil }
        return sources.compactMap(\.self).joined(separator: " ")
    }

    /// `https://example.com`, with a port or with `*.` before the host.
    private static func isOrigin(_ text: Substring) -> Bool {
        guard let host = ["https://", "http://"].first(where: text.hasPrefix).map({ text.dropFirst($0.count) }) else {
            return false
        }
        let name = host.hasPrefix("*.") ? host.dropFirst(2) : host
        let parts = name.split(separator: ":", omittingEmptySubsequences: false)
        guard let first = parts.first, !first.isEmpty, parts.count <= 2,
            first.utf8.allSatisfy({ isHostByte($0) })
        else { return false }
        return parts.count == 1 || Parse.port(String(parts[1])) != nil
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}
