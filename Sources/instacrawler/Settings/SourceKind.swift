import Crawler

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
