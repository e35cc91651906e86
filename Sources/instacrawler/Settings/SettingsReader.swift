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
