import Posts
import Sandbox
import Upstreams

/// A source of posts, from one word of the setting.
struct SourceSetting: Sendable {
    /// The name of the source in ids, logs and addresses.
    var name: String
    /// Whether it runs on this machine. Then requests have no limit, and pictures have loopback addresses.
    var isLocal = false
    /// Whether it is a sandbox.
    var isSandbox = false
    /// Whether a sandbox is started for it.
    var startsSandbox = false
    /// Creates the source; if a sandbox is started for it, first waits until the sandbox listens.
    var make: @Sendable (Assembly) async throws -> any PostSource

    /// The default address of Instagram's Graph API.
    static let instagramURL = "https://graph.facebook.com/v23.0"

    /// Reads sources separated by commas and removes duplicates.
    ///
    /// - Throws: ``SettingError`` for an invalid word, or for a missing setting that a source needs.
    @Sendable static func all(_ text: SettingText, _ reader: SettingsReader) throws -> [SourceSetting] {
        let setting = try SourceWords(text, reader)
        var sources: [SourceSetting] = []
        for word in setting.words {
            guard let kind = SourceKind.of(word) else {
                throw text.refused("\(SourceKind.forms), or several of them separated by commas")
            }
            let source = try kind.read(word, setting)
            if !sources.contains(where: { $0.name == source.name }) { sources.append(source) }
        }
        return sources
    }

    /// A sandbox: the one at the address of the Graph API, or one that is started. If Instagram is a source, too, the
    /// address is Instagram's.
    static func sandbox(_ word: String, _ setting: SourceWords) throws -> SourceSetting {
        let graphURL = setting.words.contains("instagram") ? nil : setting.graphURL
        if let graphURL, !Parse.isLoopback(graphURL) {
            throw SettingError(
                name: SettingsTable.entries.graphURL.name, value: graphURL,
                allowed: "an address on 127.0.0.1, [::1] or localhost while the source is sandbox")
        }
        let starts = graphURL == nil
        return SourceSetting(name: "sandbox", isLocal: true, isSandbox: true, startsSandbox: starts) { assembly in
            let started = starts ? try await assembly.sandbox?.address() : nil
            return InstagramGraphAPI(
                name: "sandbox", baseURL: graphURL ?? started.map { "\($0)/v23.0" } ?? "",
                userID: SandboxConfiguration().userID, accessToken: Secret(SandboxConfiguration().accessToken),
                client: assembly.client, store: assembly.keeping.posts, ledger: assembly.keeping.ledger)
        }
    }

    /// Instagram's Graph API.
    static func instagram(_ word: String, _ setting: SourceWords) throws -> SourceSetting {
        let reader = setting.reader
        guard let userID = try reader.value(\.userID) else { throw missing(SettingsTable.entries.userID) }
        guard let token = try reader.value(\.accessToken) else { throw missing(SettingsTable.entries.accessToken) }
        let secret = Secret(token)
        let graphURL = setting.graphURL ?? instagramURL
        return SourceSetting(name: "instagram", isLocal: Parse.isLoopback(graphURL)) { assembly in
            InstagramGraphAPI(
                baseURL: graphURL, userID: userID, accessToken: secret, media: [.recent, .top],
                client: assembly.client, store: assembly.keeping.posts, ledger: assembly.keeping.ledger)
        }
    }

    private static func missing(_ setting: any AnySetting) -> SettingError {
        SettingError(name: setting.name, value: "", allowed: "what Instagram gave you, while the source is instagram")
    }

    /// A server of Mastodon or Pixelfed.
    static func mastodon(_ word: String, _ setting: SourceWords) throws -> SourceSetting {
        let server = try MastodonServer(word, settingName: setting.name)
        let token = setting.mastodonTokens.token(of: server)
        return SourceSetting(name: server.name, isLocal: Parse.isLoopback(server.address)) { assembly in
            MastodonTimeline(
                name: server.name, baseURL: server.address, accessToken: token, client: assembly.client)
        }
    }
}

/// A kind of source that the setting may name.
struct SourceKind: Sendable {
    /// The word of the setting; after a colon, a placeholder in capitals.
    let form: String
    /// Reads a word of this form.
    ///
    /// - Throws: ``SettingError`` for an invalid word, or for a missing setting that the source needs.
    let read: @Sendable (_ word: String, _ setting: SourceWords) throws -> SourceSetting

    /// All kinds. A new source is one line here.
    static let all = [
        SourceKind(form: "sandbox", read: SourceSetting.sandbox),
        SourceKind(form: "instagram", read: SourceSetting.instagram),
        SourceKind(form: "mastodon:https://HOST", read: SourceSetting.mastodon),
        SourceKind(form: "flickr") { _, _ in SourceSetting(name: "flickr") { FlickrFeed(client: $0.client) } },
    ]

    /// All forms, for help and error messages.
    static let forms = "\(all.dropLast().map(\.form).joined(separator: ", ")) or \(all.last?.form ?? "")"

    /// The kind of a word, if there is one.
    static func of(_ word: String) -> SourceKind? {
        all.first { kind in
            guard let colon = kind.form.firstIndex(of: ":") else { return word == kind.form }
            return word.hasPrefix(kind.form[...colon])
        }
    }
}

/// The words of the setting, and the other settings of sources.
struct SourceWords {
    let reader: SettingsReader
    /// The flag or variable of the setting, for error messages.
    let name: String
    let words: [String]
    let graphURL: String?
    let mastodonTokens: MastodonTokens

    init(_ text: SettingText, _ reader: SettingsReader) throws {
        self.reader = reader
        name = text.name
        words = Parse.list(text.text)
        let servers = try words.filter { $0.hasPrefix("mastodon:") }.map { word in
            try MastodonServer(word, settingName: text.name)
        }
        graphURL = try reader.value(\.graphURL)
        mastodonTokens = try MastodonTokens(reader, servers: servers)
    }
}

/// A server of Mastodon or Pixelfed, as `mastodon:https://HOST` names it.
struct MastodonServer {
    /// The address of its root without a trailing slash.
    let address: String
    /// The host and the port, if there is one.
    let host: String
    /// The host and the port, joined by `-`: the name of a source contains no colon.
    let name: String

    /// - Throws: ``SettingError`` unless the address is https, or http on this machine.
    init(_ word: String, settingName: String) throws {
        let text = String(word.dropFirst("mastodon:".count))
        guard let address = Parse.address(text.lowercased()), let scheme = address.firstRange(of: "://"),
            address.hasPrefix("https://") || Parse.isLoopback(address)
        else { throw Self.error(word, settingName) }
        let host = String(address[scheme.upperBound...])
        let name = host.replacing(":", with: "-")
        guard name.utf8.allSatisfy({ $0.isLowercaseOrDigit || "-.".utf8.contains($0) }) else {
            throw Self.error(word, settingName)
        }
        self.address = address
        self.host = host
        self.name = name
    }

    private static func error(_ word: String, _ settingName: String) -> SettingError {
        SettingError(
            name: settingName, value: word, allowed: "mastodon:https://HOST, such as mastodon:https://pixelfed.social")
    }
}

/// The access tokens of servers of Mastodon and Pixelfed. A token is sent to its own server only.
struct MastodonTokens {
    private var tokens: [String: Secret] = [:]

    /// The tokens in the text of the setting.
    @Sendable static func secrets(in text: String) -> [Secret] {
        text.split(separator: ",").map { pair in
            Secret(String(pair[(pair.firstIndex(of: "=").map(pair.index(after:)) ?? pair.startIndex)...]))
        }
    }

    /// Reads one token for the only server, or `HOST=TOKEN`, separated by commas, for several.
    ///
    /// - Throws: ``SettingError``, which contains no token.
    init(_ reader: SettingsReader, servers: [MastodonServer]) throws {
        guard let text = try reader.value(\.mastodonToken),
            let setting = try reader.text(SettingsTable.entries.mastodonToken)
        else { return }
        let hosts = Set(servers.map(\.host))
        if hosts.count == 1, let host = hosts.first, !text.contains("=") {
            tokens = [host: Secret(text)]
            return
        }
        for pair in text.split(separator: ",") {
            guard let equals = pair.firstIndex(of: "="), hosts.isEmpty || hosts.contains(pair[..<equals].lowercased())
            else {
                throw setting.refused(
                    "the token of the one server, or HOST=TOKEN for each, separated by commas, with the hosts of "
                        + SettingsTable.entries.sources.name)
            }
            tokens[pair[..<equals].lowercased()] = Secret(String(pair[equals...].dropFirst()))
        }
    }

    /// The token of a server; `nil` if it has none.
    func token(of server: MastodonServer) -> Secret? { tokens[server.host] }
}
