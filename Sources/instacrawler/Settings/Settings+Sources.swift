import Crawler

extension Settings {
    /// Reads where pictures come from.
    ///
    /// - Throws: ``SettingError`` that names the one that is not allowed, or what it needs and is missing.
    static func sources(_ reader: SettingsReader) throws -> [SourceSetting] {
        let (text, name) = try reader.text(.source) ?? ("sandbox", Setting.source.rawValue)
        let words = text.split(separator: ",", omittingEmptySubsequences: false).map { word in
            String(word.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
        let servers = try words.filter { $0.hasPrefix("mastodon:") }.map { word in
            try MastodonServer(word, settingName: name)
        }
        let graphURL = try reader.value(
            .graphURL, default: String?.none, allowed: "an http or https address without a query"
        ) { Parse.address($0).map { .some($0) } }
        let setting = SourceWords(
            reader: reader, name: name, words: words, graphURL: graphURL,
            mastodonTokens: try MastodonTokens(reader, servers: servers))
        var sources: [SourceSetting] = []
        for word in words {
            guard let kind = SourceKind.of(word) else {
                throw SettingError(
                    name: name, value: text, allowed: "\(SourceKind.forms), or several of them separated by commas")
            }
            let source = try kind.read(word, setting)
            if !sources.contains(where: { $0.name == source.name }) { sources.append(source) }
        }
        return sources
    }
}
