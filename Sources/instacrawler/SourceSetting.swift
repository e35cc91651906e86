import Posts
import Sandbox
import Upstreams

/// Where pictures come from: one value of the setting.
struct SourceSetting: Sendable {
    /// The name of the source in ids, logs and addresses.
    var name: String
    /// Whether it runs on this machine: then it may be asked as often as one likes, and its pictures come from here.
    var isLocal = false
    /// Whether it is a sandbox.
    var isSandbox = false
    /// Whether a sandbox is started for it.
    var startsSandbox = false
    /// Makes the source, once the sandbox that is started for it listens.
    var make: @Sendable (Assembly) async throws -> any PostSource
}

extension SourceSetting {
    /// A sandbox: the one at the address of the Graph API, or one that is started. That address is a sandbox's only
    /// when it is not needed for Instagram.
    static func sandbox(_ word: String, _ setting: SourceWords) throws -> SourceSetting {
        let graphURL = setting.words.contains("instagram") ? nil : setting.graphURL
        if let graphURL, !Parse.isLoopback(graphURL) {
            throw SettingError(
                name: Setting.graphURL.rawValue, value: graphURL,
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
        let reason = "what Instagram gave you, while the source is instagram"
        guard let userID = try setting.reader.text(.userID)?.text else {
            throw SettingError.missing(.userID, because: reason)
        }
        guard userID.utf8.count <= 32, userID.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw SettingError(name: Setting.userID.rawValue, value: userID, allowed: "at most 32 digits")
        }
        guard
            let token = try setting.reader.value(
                .accessToken, default: nil, allowed: Parse.allowedToken, { Parse.token($0).map { .some($0) } })
        else { throw SettingError.missing(.accessToken, because: reason) }
        let secret = Secret(token)
        let graphURL = setting.graphURL ?? "https://graph.facebook.com/v23.0"
        return SourceSetting(name: "instagram", isLocal: Parse.isLoopback(graphURL)) { assembly in
            InstagramGraphAPI(
                baseURL: graphURL, userID: userID, accessToken: secret, media: [.recent, .top],
                client: assembly.client, store: assembly.keeping.posts, ledger: assembly.keeping.ledger)
        }
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
    /// How it is written, with a capital word for what the operator fills in behind a colon.
    let form: String
    /// Reads a word of this form.
    ///
    /// - Throws: ``SettingError`` for what is not allowed, or what the source needs and is missing.
    let read: @Sendable (_ word: String, _ setting: SourceWords) throws -> SourceSetting

    /// All that there are. A new source is one line here.
    static let all = [
        SourceKind(form: "sandbox", read: SourceSetting.sandbox),
        SourceKind(form: "instagram", read: SourceSetting.instagram),
        SourceKind(form: "mastodon:https://HOST", read: SourceSetting.mastodon),
        SourceKind(form: "flickr") { _, _ in SourceSetting(name: "flickr") { FlickrFeed(client: $0.client) } },
    ]

    /// How all of them are written.
    static let forms = "\(all.dropLast().map(\.form).joined(separator: ", ")) or \(all.last?.form ?? "")"

    /// The kind of a word; nil for none.
    static func of(_ word: String) -> SourceKind? {
        all.first { kind in
            guard let colon = kind.form.firstIndex(of: ":") else { return word == kind.form }
            return word.hasPrefix(kind.form[...colon])
        }
    }
}

/// The words of the setting, and what else is set for sources.
struct SourceWords {
    let reader: SettingsReader
    /// What the operator calls the setting.
    let name: String
    let words: [String]
    let graphURL: String?
    let mastodonTokens: MastodonTokens
}

/// A server of Mastodon or Pixelfed, as `mastodon:https://HOST` names it.
struct MastodonServer {
    /// The address of its root, without a slash at the end.
    let address: String
    /// The host and, where there is one, the port, as they were written.
    let host: String
    /// The host with the port behind a `-`: the name of a source holds no colon.
    let name: String

    /// - Throws: ``SettingError`` for anything but an https address of a host, or an http one on this machine.
    init(_ word: String, settingName: String) throws {
        let text = String(word.dropFirst("mastodon:".count))
        guard let address = Parse.address(text.lowercased()), let scheme = address.firstRange(of: "://"),
            address.hasPrefix("https://") || Parse.isLoopback(address)
        else { throw Self.error(word, settingName) }
        let host = String(address[scheme.upperBound...])
        let name = host.replacing(":", with: "-")
        let isName = name.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x2D || byte == 0x2E
        }
        guard isName else { throw Self.error(word, settingName) }
        self.address = address
        self.host = host
        self.name = name
    }

    private static func error(_ word: String, _ settingName: String) -> SettingError {
        SettingError(
            name: settingName, value: word, allowed: "mastodon:https://HOST, such as mastodon:https://pixelfed.social")
    }
}

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
