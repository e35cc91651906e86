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
