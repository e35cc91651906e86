/// Addresses in a form in which two that lead to the same thing are equal.
///
/// The form is for comparing only: nothing is fetched from it.
enum CanonicalAddress {
    /// The page of a post: without scheme, `www.`, fragment, a slash at the end, and what only says where the reader
    /// came from.
    ///
    /// - Returns: nil for what is no address of a page below the root, and so names no post.
    static func permalink(_ text: String?) -> String? {
        guard let text, let parts = Parts(text) else { return nil }
        var path = parts.path
        while path.last == "/" { path.removeLast() }
        guard !path.isEmpty || !parts.query.isEmpty else { return nil }
        let query = parts.query.isEmpty ? [] : parts.query.split(separator: "&").filter { !isTracking($0) }
        return parts.host + path + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
    }

    /// A picture or video: without scheme, `www.`, fragment, and, where the path names a file, without the query,
    /// which then holds the signature and its end, the wanted size and the like.
    ///
    /// Instagram's pictures have one address on each of many edge servers; these count as one.
    static func medium(_ text: String) -> String? {
        guard let parts = Parts(text), parts.path.utf8.count > 1 else { return nil }
        let isOnEdge = [".cdninstagram.com", ".fbcdn.net"].contains { parts.host.hasSuffix($0) }
        let host = isOnEdge ? "cdninstagram.com" : parts.host
        return host + parts.path + (isFile(parts.path) || parts.query.isEmpty ? "" : "?" + parts.query)
    }

    private static func isTracking(_ parameter: Substring) -> Bool {
        parameter.hasPrefix("utm_") || ["igsh", "igshid", "fbclid"].contains(parameter.prefix { $0 != "=" })
    }

    private static func isFile(_ path: Substring) -> Bool {
        guard let dot = path.utf8.lastIndex(of: UInt8(ascii: ".")) else { return false }
        return fileTypes.contains(path[dot...].dropFirst().lowercased())
    }

    private static let fileTypes: Set<String> = [
        "jpg", "jpeg", "png", "gif", "webp", "avif", "heic", "mp4", "mov", "webm",
    ]

    private struct Parts {
        var host: String
        var path: Substring
        var query: Substring

        init?(_ text: String) {
            let bytes = text.utf8
            guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { return nil }
            let scheme = text[..<colon].lowercased()
            guard scheme == "https" || scheme == "http", text[colon...].hasPrefix("://") else { return nil }
            let rest = text[bytes.index(colon, offsetBy: 3)...].prefixBytes { $0 != UInt8(ascii: "#") }
            let authority = rest.prefixBytes { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
            var host = authority.lowercased()
            let port = scheme == "https" ? ":443" : ":80"
            if host.hasSuffix(port) { host.removeLast(port.utf8.count) }
            if host.hasPrefix("www.") { host.removeFirst(4) }
            guard !host.isEmpty else { return nil }
            self.host = host
            path = rest[authority.endIndex...].prefixBytes { $0 != UInt8(ascii: "?") }
            query = rest[path.endIndex...].dropFirst()
        }
    }
}

extension Substring {
    fileprivate func prefixBytes(while isWanted: (UInt8) -> Bool) -> Substring {
        self[..<(utf8.firstIndex { !isWanted($0) } ?? endIndex)]
    }
}
