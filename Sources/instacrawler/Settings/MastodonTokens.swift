import Crawler

/// The access tokens of servers of Mastodon and Pixelfed. One server's token is sent to no other.
struct MastodonTokens {
    private var tokens: [String: Secret] = [:]

    /// Reads one token for the one server, or `HOST=TOKEN`, separated by commas, for several.
    ///
    /// - Throws: ``SettingError``, which does not hold a token.
    init(_ reader: SettingsReader, servers: [MastodonServer]) throws {
        guard let (text, name) = try reader.text(.mastodonToken) else { return }
        guard Parse.token(text) != nil else {
            throw SettingError(name: name, value: nil, allowed: Parse.allowedToken)
        }
        let hosts = Set(servers.map(\.host))
        if hosts.count == 1, let host = hosts.first, !text.contains("=") {
            tokens = [host: Secret(text)]
            return
        }
        for pair in text.split(separator: ",") {
            guard let equals = pair.firstIndex(of: "="), hosts.isEmpty || hosts.contains(pair[..<equals].lowercased())
            else {
                throw SettingError(
                    name: name, value: nil,
                    allowed: "the token of the one server, or HOST=TOKEN for each, separated by commas, with the hosts "
                        + "of \(Setting.source.rawValue)")
            }
            tokens[pair[..<equals].lowercased()] = Secret(String(pair[equals...].dropFirst()))
        }
    }

    /// The token of a server; nil where none is set.
    func token(of server: MastodonServer) -> Secret? { tokens[server.host] }
}
