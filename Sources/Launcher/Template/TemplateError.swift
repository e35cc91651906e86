/// What is wrong with a template or a value for it.
public enum TemplateError: Error, Equatable, CustomStringConvertible {
    /// Where it is.
    public struct Place: Sendable, Equatable, CustomStringConvertible {
        /// The template.
        public var file: String
        /// Counted from 1.
        public var line: Int

        /// `FILE:LINE`.
        public var description: String { "\(file):\(line)" }
    }

    /// A `${` without its `}`.
    case unclosed(Place)
    /// A name that is no variable of a template.
    case unknown(String, Place, known: [String])
    /// A variable without a value.
    case unset(String, Place)
    /// A value that is not allowed.
    case refused(String, value: String, allowed: String, Place)

    /// A sentence for a person.
    public var description: String {
        switch self {
        case .unclosed(let place): "\(place): a ${ has no }"
        case .unknown(let name, let place, let known):
            "\(place): ${\(name)} is not known; known are \(known.joined(separator: ", "))"
        case .unset(let name, let place): "\(place): ${\(name)} is not set"
        case .refused(let name, let value, let allowed, let place):
            "\(place): \(name) is '\(value.prefix(100))'; allowed is \(allowed)"
        }
    }
}
