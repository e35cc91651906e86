import Launcher
import Logging
import Posts
import Web

/// All settings, read and checked.
struct Settings: Sendable {
    var port: Int
    var host: String
    var hashtags: [Hashtag]
    /// Where pictures come from, in the operator's order; never empty.
    var sources: [SourceSetting]
    /// Whether posts are shown that their server marks as sensitive.
    var showsSensitive: Bool
    var interval: Duration
    /// The file of the database; nil to keep posts in memory only.
    var database: String?
    /// How many posts are kept of each hashtag.
    var retention: Int
    var runDirectory: String
    var socket: String
    var nginxDirectory: String
    /// What readers have to show; nil lets everybody in.
    var accessKey: AccessKey?
    /// How often one network may ask, as nginx writes it.
    var rateLimit: String
    /// How many requests more it may make at once.
    var rateBurst: Int
    /// How lines of the log look; nil takes what suits the output.
    var logFormat: LogFormat?
    /// Who may frame the embeds.
    var frameAncestors: String
    var proxy: ProxySettings
    var logLevel: Logger.Level
    /// What must not come out.
    var secrets: [Secret]
    /// Variables that look like settings and are not.
    var unknownNames: [String]

    /// - Throws: ``SettingError`` for the first that is not allowed.
    init(_ reader: SettingsReader) throws {
        unknownNames = reader.unknownNames
        port = try reader.value(.port, default: 5_000, allowed: TemplateVariable.Kind.port.allowed, Parse.port)
        host = try reader.value(.host, default: "0.0.0.0", allowed: TemplateVariable.Kind.host.allowed, Parse.host)
        hashtags = try Self.hashtags(reader)
        sources = try Self.sources(reader)
        showsSensitive = try reader.value(.sensitive, default: false, allowed: "true or false", Parse.boolean)
        let isDemo = sources.allSatisfy(\.isSandbox)
        let defaultInterval: Duration = isDemo ? .seconds(3) : .seconds(300)
        interval = try reader.value(
            .interval, default: defaultInterval, allowed: "1s to 24h, such as 90s, 5m or 2h"
        ) { Parse.duration($0).flatMap { (Duration.seconds(1)...Duration.seconds(86_400)).contains($0) ? $0 : nil } }
        let path = Parse.allowedPath
        let data = try reader.value(.data, default: Paths.absolute("var"), allowed: path, Parse.path)
        // The posts of a sandbox that is started here end with it.
        let isPassing = sources.allSatisfy(\.startsSandbox)
        database = try reader.value(
            .database, default: isPassing ? nil : "\(data)/instacrawler.sqlite", allowed: "\(path), or :memory:"
        ) { $0 == ":memory:" ? .some(nil) : Parse.path($0).map { .some($0) } }
        retention = try reader.value(.retention, default: 1_000, allowed: "1 to 100000") {
            Parse.number($0, in: 1...100_000)
        }
        runDirectory = try reader.value(.run, default: Paths.absolute("var/run"), allowed: path, Parse.path)
        socket = try reader.value(
            .socket, default: "\(runDirectory)/instacrawler.sock", allowed: "\(path), at most 107 bytes when absolute"
        ) { Parse.path($0).flatMap { $0.utf8.count <= 107 ? $0 : nil } }
        guard socket.utf8.count <= 107 else {
            throw SettingError(name: Setting.socket.rawValue, value: socket, allowed: "at most 107 bytes when absolute")
        }
        nginxDirectory = try reader.value(.nginx, default: Paths.nginxDirectory(), allowed: path, Parse.path)
        accessKey = try reader.value(.accessKey, default: AccessKey?.none, allowed: AccessKey.allowed) {
            AccessKey($0).map { .some($0) }
        }
        rateLimit = try reader.value(.rateLimit, default: "50r/s", allowed: Parse.allowedRate, Parse.rate)
        rateBurst = try reader.value(.rateBurst, default: 200, allowed: "1 to 100000") {
            Parse.number($0, in: 1...100_000)
        }
        logFormat = try Self.logFormat(reader)
        let mastodonTokens = try reader.text(.mastodonToken)?.text.split(separator: ",").map { pair in
            String(pair[(pair.firstIndex(of: "=").map(pair.index(after:)) ?? pair.startIndex)...])
        }
        let others = try [Setting.accessToken, .accessKey].compactMap { try reader.text($0)?.text }
        secrets = (others + (mastodonTokens ?? [])).map { Secret($0) }
        frameAncestors = try reader.value(
            .frameAncestors, default: "*",
            allowed: "*, none, self, or origins separated by spaces, such as https://example.com https://*.example.org",
            FrameAncestors.parse)
        proxy = try ProxySettings(reader, nginxDirectory: nginxDirectory)
        logLevel = try reader.value(
            .logLevel, default: .info, allowed: Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
        ) { Logger.Level(rawValue: $0.lowercased()) }
    }

    static func logFormat(_ reader: SettingsReader) throws -> LogFormat? {
        try reader.value(
            .logFormat, default: LogFormat?.none, allowed: LogFormat.allCases.map(\.rawValue).joined(separator: " or ")
        ) { LogFormat(rawValue: $0.lowercased()).map { .some($0) } }
    }

    private static func hashtags(_ reader: SettingsReader) throws -> [Hashtag] {
        let (text, name) = try reader.text(.hashtags) ?? ("golang", Setting.hashtags.rawValue)
        return try hashtags(
            text.split(separator: ",", omittingEmptySubsequences: false), of: text, name: name,
            allowed: "hashtags separated by commas")
    }

    /// Reads hashtags, each one once.
    ///
    /// - Parameters:
    ///   - text: all that was written, for the error.
    ///   - name: the setting or argument, for the error.
    ///   - allowed: what is allowed, for the error.
    static func hashtags(
        _ parts: [some StringProtocol], of text: String, name: String, allowed: String
    ) throws -> [Hashtag] {
        var hashtags: [Hashtag] = []
        for part in parts {
            do throws(HashtagError) {
                let hashtag = try Hashtag(part)
                if !hashtags.contains(hashtag) { hashtags.append(hashtag) }
            } catch {
                throw SettingError(name: name, value: text, allowed: "\(allowed); \(error)")
            }
            guard hashtags.count <= 30 else {
                throw SettingError(name: name, value: text, allowed: "30 hashtags: Instagram allows no more in 7 days")
            }
        }
        return hashtags
    }
}

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

/// Finds the texts of settings: a flag beats an environment variable beats the file `.env`.
struct SettingsReader {
    private let flags: [Setting: String]
    private let environment: [String: String]
    private let file: EnvironmentFile

    /// - Parameters:
    ///   - flags: those that were given.
    ///   - environment: the process's.
    ///   - path: the file.
    /// - Throws: ``SettingError`` when the file cannot be read, or holds a line that says nothing.
    init(
        flags: [Setting: String], environment: [String: String] = Environment.all, file path: String = ".env"
    ) throws(SettingError) {
        self.flags = flags
        self.environment = environment
        file = try EnvironmentFile(path: path)
    }

    /// The longest text of a setting, in bytes.
    private static let longest = 32_768

    /// The text of a setting, and what the operator calls the place it comes from; nil when it is not set.
    /// An empty text counts as not set.
    func text(_ setting: Setting) throws(SettingError) -> (text: String, name: String)? {
        let name = setting.rawValue
        let places = [
            (flags[setting], setting.flag ?? name), (environment[name].flatMap { $0.isEmpty ? nil : $0 }, name),
            (file.values[name].flatMap { $0.isEmpty ? nil : $0 }, "\(name) in .env"),
        ]
        for case (let text?, let place) in places {
            guard text.utf8.count <= Self.longest else {
                throw SettingError(
                    name: place, value: setting.isSecret ? nil : text, allowed: "at most \(Self.longest) bytes")
            }
            return (text, place)
        }
        return nil
    }

    /// The names that look like settings of this program and are not; sorted, ten at most.
    var unknownNames: [String] {
        let known = Set(Setting.allCases.map(\.rawValue))
        let names = Set(environment.keys).union(file.values.keys).filter { name in
            name.hasPrefix("INSTACRAWLER_") && !known.contains(name)
                && !Self.namesOfScripts.contains { name.hasPrefix($0) }
        }
        return Array(names.sorted().prefix(10))
    }

    /// What the repository's scripts, its tests and `envsubst` are told by variables.
    private static let namesOfScripts = [
        "INSTACRAWLER_DEPLOY_", "INSTACRAWLER_IMAGE_", "INSTACRAWLER_PRIVATE", "INSTACRAWLER_SKIP",
        "INSTACRAWLER_TEST_",
    ]

    /// Reads a setting.
    ///
    /// - Parameters:
    ///   - allowed: what is allowed, for the error.
    ///   - parse: gives nil for what is not allowed.
    func value<Value>(
        _ setting: Setting, default defaultValue: Value, allowed: String, _ parse: (String) -> Value?
    ) throws -> Value {
        guard let (text, name) = try text(setting) else { return defaultValue }
        guard let value = parse(text) else {
            throw SettingError(name: name, value: setting.isSecret ? nil : text, allowed: allowed)
        }
        return value
    }
}
