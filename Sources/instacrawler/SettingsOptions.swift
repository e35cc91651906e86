import ArgumentParser

/// The flags of the settings.
///
/// ArgumentParser finds the flags of a type by reflection and reads them by their keys. This type presents
/// ``SettingsTable`` in place of properties.
struct SettingsOptions: ParsableArguments, CustomReflectable {
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// The texts of the given flags, by the names of their settings.
    private var given: [String: String] = [:]

    init() {}

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        for setting in SettingsTable.all {
            guard let key = setting.flag.map(Key.init) else { continue }
            if setting is Setting<Bool> {
                given[setting.name] = try container.decode(Flag<Bool>.self, forKey: key).wrappedValue ? "true" : nil
            } else {
                given[setting.name] = try container.decode(Option<String?>.self, forKey: key).wrappedValue
            }
        }
    }

    var customMirror: Mirror {
        let children = SettingsTable.all.compactMap { setting in
            setting.flag.map { flag -> Mirror.Child in
                let help = setting.argumentHelp
                let name = NameSpecification.customLong(flag)
                return setting is Setting<Bool>
                    ? (flag, Flag(wrappedValue: false, name: name, help: help))
                    : (flag, Option<String?>(name: name, help: help))
            }
        }
        return Mirror(self, children: children)
    }

    /// Reads all settings, for a command that has hashtags as arguments.
    ///
    /// - Parameter words: the hashtags; if empty, those of the settings remain.
    func settings(hashtags words: [String]) throws -> Settings {
        var settings = try settings()
        if !words.isEmpty {
            let text = SettingText(text: words.joined(separator: " "), name: "TAG", isSecret: false)
            settings.hashtags = try Settings.hashtags(words, of: text, allowed: "hashtags")
        }
        return settings
    }

    /// Reads all settings.
    func settings() throws -> Settings {
        try Settings(try SettingsReader(flags: given))
    }
}
