import Crawler
import Sandbox

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
