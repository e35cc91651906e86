import ArgumentParser
import Launcher
import Posts

/// The declaration of a setting. All of them are in ``SettingsTable``.
struct Setting<Value: Sendable>: Sendable {
    /// The default of a setting.
    enum Default: Sendable {
        /// A text that is parsed like a configured one.
        case text(String)
        /// A value that depends on other settings or on the machine, and its description in Markdown.
        case computed(String?, @Sendable (SettingsReader) throws -> Value)
    }

    /// The environment variable, also in `.env` and in templates.
    let name: String
    /// The flag without its dashes; `nil` for a secret, which the list of processes would show.
    var flag: String?
    let section: SettingSection
    let format: SettingFormat<Value>
    let `default`: Default
    /// Whether templates may use the value under ``name``.
    var isInTemplates = false
    /// Further variables of templates that are derived from the value.
    var derivedVariables: @Sendable (Value) -> [TemplateVariable] = { _ in [] }
    /// Finds the secrets in the text; `nil` if it has none.
    var secrets: (@Sendable (String) -> [Secret])?
    /// The sentence in `--help`; `nil` uses ``meaning``.
    var help: String?
    /// The paragraph below the help sentence.
    var discussion = ""
    /// The description in docs/settings.md, in Markdown.
    let meaning: String

    /// Reads the value, or the default if it is not set.
    func value(_ reader: SettingsReader) throws -> Value {
        if let text = try reader.text(self) { return try format.read(text, reader) }
        switch `default` {
        case .text(let text): return try format.read(SettingText(text: text, name: name, isSecret: isSecret), reader)
        case .computed(_, let value): return try value(reader)
        }
    }
}

/// A setting of any type.
protocol AnySetting: Sendable {
    var name: String { get }
    var flag: String? { get }
    var section: SettingSection { get }
    var secrets: (@Sendable (String) -> [Secret])? { get }
    /// The default in Markdown.
    var defaultText: String? { get }
    var meaning: String { get }
    /// The text in `--help`.
    var argumentHelp: ArgumentHelp { get }

    associatedtype Value: Sendable
    func value(_ reader: SettingsReader) throws -> Value
    /// The variables of templates that have this value.
    func variables(of value: any Sendable) -> [TemplateVariable]
}

extension AnySetting {
    var isSecret: Bool { secrets != nil }
}

extension Setting: AnySetting {
    var defaultText: String? {
        switch `default` {
        case .text(let text): "`\(text)`"
        case .computed(let description, _): description
        }
    }

    var argumentHelp: ArgumentHelp {
        let end = defaultText.map { "; default: \($0)" } ?? ""
        let sentence = help ?? "\(meaning.prefix(1).uppercased())\(meaning.dropFirst())."
        return ArgumentHelp("\(sentence) [\(name)\(end)]".filter { $0 != "`" }, discussion: discussion)
    }

    func variables(of value: any Sendable) -> [TemplateVariable] {
        guard let value = value as? Value else { return [] }
        guard isInTemplates, let kind = format.kind else { return derivedVariables(value) }
        // An optional value that is nil has no description.
        let text = (value as? any CustomStringConvertible)?.description
        return [TemplateVariable(name, text, kind)] + derivedVariables(value)
    }
}

/// The sections of docs/settings.md.
enum SettingSection: String, CaseIterable {
    case posts = "Posts"
    /// Read together with the setting `sources`, and only if a source needs them.
    case sources = "Sources"
    case storage = "Storage"
    case webServer = "Web server"
    case access = "Access"
    case logs = "Logs"
}

/// The text of a setting.
struct SettingText: Sendable {
    let text: String
    /// The flag or variable it comes from, for error messages.
    let name: String
    let isSecret: Bool

    /// Returns the error for an invalid text.
    func refused(_ allowed: String) -> SettingError {
        SettingError(name: name, value: isSecret ? nil : text, allowed: allowed)
    }
}

/// Reads the text of a setting.
struct SettingFormat<Value: Sendable>: Sendable {
    /// The kind of the template variable that has this value.
    let kind: TemplateVariable.Kind?
    let read: @Sendable (SettingText, SettingsReader) throws -> Value

    /// A format that depends on other settings or has several error messages.
    init(
        kind: TemplateVariable.Kind? = nil, _ read: @escaping @Sendable (SettingText, SettingsReader) throws -> Value
    ) {
        self.kind = kind
        self.read = read
    }

    /// - Parameters:
    ///   - allowed: the allowed values, for error messages.
    ///   - parse: returns `nil` for an invalid text.
    init(_ kind: TemplateVariable.Kind? = nil, allowed: String, _ parse: @escaping @Sendable (String) -> Value?) {
        self.init(kind: kind) { text, _ in
            guard let value = parse(text.text) else { throw text.refused(allowed) }
            return value
        }
    }

    /// The same format, for an optional setting.
    static func optional<Wrapped>(_ format: SettingFormat<Wrapped>) -> Self where Value == Wrapped? {
        Self(kind: format.kind) { try format.read($0, $1) }
    }

    static func choice(separator: String) -> Self where Value: CaseIterable & RawRepresentable<String> {
        Self(allowed: Value.allCases.map(\.rawValue).joined(separator: separator)) { Value(rawValue: $0.lowercased()) }
    }
}

extension SettingFormat<Int> {
    static var port: Self { Self(.port, allowed: TemplateVariable.Kind.port.allowed, Parse.port) }

    static func number(_ range: ClosedRange<Int>) -> Self {
        Self(.number(range), allowed: TemplateVariable.Kind.number(range).allowed) { Parse.number($0, in: range) }
    }
}

extension SettingFormat<String> {
    init(_ kind: TemplateVariable.Kind) { self.init(kind, allowed: kind.allowed, kind.value) }

    static var path: Self { Self(.path, allowed: Parse.allowedPath, Parse.path) }

    /// A secret for a header field or a query.
    static var token: Self {
        Self(allowed: "at most 4096 visible ASCII characters") { text in
            text.utf8.count <= 4_096 && text.utf8.allSatisfy { (0x21...0x7E).contains($0) } ? text : nil
        }
    }
}

extension Setting.Default where Value: ExpressibleByNilLiteral {
    static var missing: Self { missing(nil) }

    /// No value; the description explains the effect.
    static func missing(_ description: String?) -> Self { .computed(description) { _ in nil } }
}

/// An invalid setting or argument.
struct SettingError: Error, CustomStringConvertible {
    /// The setting or argument.
    var name: String
    /// Its value; `nil` if there is none or if it is secret.
    var value: String?
    /// The allowed values.
    var allowed: String

    var description: String {
        guard let value else { return "\(name) is not allowed as it is; allowed is \(allowed)" }
        return "\(name) is '\(Self.shown(Self.redacted(value)))'; allowed is \(allowed)"
    }

    /// Returns the start of a value on one line, with invisible characters escaped.
    private static func shown(_ value: String) -> String {
        value.unicodeScalars.prefix(100).map { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
                "\\u{\(String(scalar.value, radix: 16))}"
            default: String(scalar)
            }
        }.joined()
    }

    /// Replaces the parts of an address that may be secret: user and password, query and fragment.
    private static func redacted(_ value: String) -> String {
        var text = value
        if let at = text.lastIndex(of: "@"), let colon = text[..<at].firstIndex(of: ":") {
            let start = text[..<at].firstRange(of: "://")?.upperBound ?? text.index(after: colon)
            text.replaceSubrange(start..<at, with: "[redacted]")
        }
        if let mark = text.firstIndex(where: { $0 == "?" || $0 == "#" }), text[mark...].contains("=") {
            text.replaceSubrange(text.index(after: mark)..., with: "[redacted]")
        }
        return text
    }
}
