import Launcher
import Posts

/// The values of all settings, under the names of ``SettingsTable``.
@dynamicMemberLookup
struct Settings: Sendable {
    private var values: [String: any Sendable]
    /// The secrets that must not appear in logs.
    let secrets: [Secret]
    /// Unknown variables whose names look like settings.
    let unknownNames: [String]

    /// - Throws: ``SettingError`` for the first invalid setting.
    init(_ reader: SettingsReader) throws {
        let all = SettingsTable.all.filter { $0.section != .sources }
        values = try Dictionary(uniqueKeysWithValues: all.map { ($0.name, try $0.value(reader)) })
        secrets = try SettingsTable.all.flatMap { setting in
            try setting.secrets.flatMap { find in try reader.text(setting).map { find($0.text) } } ?? []
        }
        unknownNames = reader.unknownNames
    }

    /// The value of a setting; those of the section `sources` are in the property `sources`.
    subscript<Value>(dynamicMember setting: KeyPath<SettingsTable, Setting<Value>>) -> Value {
        get {
            let name = SettingsTable.entries[keyPath: setting].name
            guard let stored = values[name], let value = stored as? Value else {
                preconditionFailure("\(name) is read by another setting")
            }
            return value
        }
        set { values[SettingsTable.entries[keyPath: setting].name] = newValue }
    }

    /// The variables of templates.
    var templateVariables: [TemplateVariable] {
        SettingsTable.all.flatMap { setting in values[setting.name].map(setting.variables) ?? [] }
    }

    @Sendable static func defaultSocket(_ reader: SettingsReader) throws -> String {
        let socket = "\(try reader.value(\.runDirectory))/instacrawler.sock"
        guard socket.utf8.count <= 107 else {
            throw SettingError(
                name: SettingsTable.entries.socket.name, value: socket, allowed: "at most 107 bytes when absolute")
        }
        return socket
    }

    /// Reads hashtags and removes duplicates.
    ///
    /// - Parameters:
    ///   - text: the whole text, for error messages.
    ///   - allowed: the allowed values, for error messages.
    static func hashtags(_ parts: [some StringProtocol], of text: SettingText, allowed: String) throws -> [Hashtag] {
        var hashtags: [Hashtag] = []
        for part in parts {
            do throws(HashtagError) {
                let hashtag = try Hashtag(part)
                if !hashtags.contains(hashtag) { hashtags.append(hashtag) }
            } catch {
                throw text.refused("\(allowed); \(error)")
            }
            guard hashtags.count <= 30 else { throw text.refused("30 hashtags: Instagram allows no more in 7 days") }
        }
        return hashtags
    }
}

/// Finds the texts of settings: a flag overrides an environment variable, which overrides the file `.env`.
struct SettingsReader: Sendable {
    private let flags: [String: String]
    private let environment: [String: String]
    private let file: EnvironmentFile

    /// - Parameter flags: the texts of the given flags, by the names of their settings.
    /// - Throws: ``SettingError`` if the file cannot be read or has an invalid line.
    init(
        flags: [String: String], environment: [String: String] = Environment.all, file path: String = ".env"
    ) throws(SettingError) {
        self.flags = flags
        self.environment = environment
        file = try EnvironmentFile(path: path)
    }

    /// The longest text of a setting, in bytes.
    private static let longest = 32_768

    /// The text of a setting; `nil` if it is not set. An empty text counts as not set.
    func text(_ setting: any AnySetting) throws(SettingError) -> SettingText? {
        let name = setting.name
        let places = [
            (flags[name], setting.flag.map { "--\($0)" } ?? name),
            (environment[name].flatMap { $0.isEmpty ? nil : $0 }, name),
            (file.values[name].flatMap { $0.isEmpty ? nil : $0 }, "\(name) in .env"),
        ]
        for case (let text?, let place) in places {
            let text = SettingText(text: text, name: place, isSecret: setting.isSecret)
            guard text.text.utf8.count <= Self.longest else { throw text.refused("at most \(Self.longest) bytes") }
            return text
        }
        return nil
    }

    /// Reads a setting.
    func value<Value>(_ setting: KeyPath<SettingsTable, Setting<Value>>) throws -> Value {
        try SettingsTable.entries[keyPath: setting].value(self)
    }

    /// Unknown names that look like settings of this program; sorted, at most ten.
    var unknownNames: [String] {
        let known = Set(SettingsTable.all.map(\.name))
        let names = Set(environment.keys).union(file.values.keys).filter { name in
            name.hasPrefix("INSTACRAWLER_") && !known.contains(name)
                && !Self.namesOfScripts.contains { name.hasPrefix($0) }
        }
        return Array(names.sorted().prefix(10))
    }

    /// Prefixes of the variables of scripts, tests and `envsubst`.
    private static let namesOfScripts = [
        "INSTACRAWLER_DEPLOY_", "INSTACRAWLER_IMAGE_", "INSTACRAWLER_PRIVATE", "INSTACRAWLER_SKIP",
        "INSTACRAWLER_TEST_",
    ]
}
