import Glibc

/// How lines of the log look.
enum LogFormat: String, Sendable, CaseIterable {
    /// For people.
    case text
    /// One JSON object a line, for programs.
    case json

    /// For people where somebody looks on, for programs where the output is collected.
    static func preferred(on descriptor: Int32) -> LogFormat { isatty(descriptor) == 1 ? .text : .json }
}
