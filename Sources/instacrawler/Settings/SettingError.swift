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
        return "\(name) is '\(value.prefix(100))'; allowed is \(allowed)"
    }

    /// A setting that must be there and is not.
    static func missing(_ setting: Setting, because reason: String) -> SettingError {
        SettingError(name: setting.rawValue, value: "", allowed: reason)
    }
}
