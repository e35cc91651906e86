import Configuration
import SystemPackage

/// Finds the texts of settings: a flag beats an environment variable beats the file `.env`.
struct SettingsReader {
    private let flags: [Setting: String]
    private let environment: EnvironmentVariablesProvider
    private let file: EnvironmentVariablesProvider

    /// - Parameter flags: those that were given.
    /// - Throws: ``SettingError`` when `.env` cannot be read.
    init(flags: [Setting: String]) async throws {
        self.flags = flags
        environment = EnvironmentVariablesProvider()
        do {
            file = try await EnvironmentVariablesProvider(environmentFilePath: ".env", allowMissing: true)
        } catch {
            throw SettingError(name: ".env", value: "\(error)", allowed: "a file of NAME=VALUE lines that can be read")
        }
    }

    /// The text of a setting, and what the operator calls the place it comes from; nil when it is not set.
    /// An empty text counts as not set.
    func text(_ setting: Setting) throws -> (text: String, name: String)? {
        if let flag = flags[setting] { return (flag, setting.flag ?? setting.rawValue) }
        let name = setting.rawValue
        if let value = try environment.environmentValue(forName: name), !value.isEmpty { return (value, name) }
        if let value = try file.environmentValue(forName: name), !value.isEmpty {
            return (Self.unquoted(value), "\(name) in .env")
        }
        return nil
    }

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

    private static func unquoted(_ value: String) -> String {
        for quote in ["\"", "'"] where value.count >= 2 && value.hasPrefix(quote) && value.hasSuffix(quote) {
            return String(value.dropFirst().dropLast())
        }
        return value
    }
}
