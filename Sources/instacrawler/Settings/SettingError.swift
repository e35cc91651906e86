/// A setting that is not allowed, for the operator.
struct SettingError: Error, CustomStringConvertible {
    /// The setting or argument.
    var name: String
    /// Its value; nil when there is none, or when it must not be shown.
    var value: String?
    /// What is allowed.
    var allowed: String

    var description: String {
        guard let value else { return "\(name) is not allowed as it is; allowed is \(allowed)" }
        return "\(name) is '\(Self.shown(Self.redacted(value)))'; allowed is \(allowed)"
    }

    /// The beginning of a value, in one line: what is not visible is written as an escape.
    private static func shown(_ value: String) -> String {
        value.unicodeScalars.prefix(100).map { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
                "\\u{\(String(scalar.value, radix: 16))}"
            default: String(scalar)
            }
        }.joined()
    }

    /// A value without what may be a secret in it: the user and password of an address, its query and its fragment.
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

    /// A setting that must be there and is not.
    static func missing(_ setting: Setting, because reason: String) -> SettingError {
        SettingError(name: setting.rawValue, value: "", allowed: reason)
    }
}
