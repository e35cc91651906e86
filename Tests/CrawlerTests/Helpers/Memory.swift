import FoundationEssentials
import Testing

/// The memory of this process.
enum Memory {
    private static let pageSize = 4_096

    /// The resident memory, in bytes.
    static func resident() throws -> Int {
        let statistics = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
        let pages = try #require(statistics.split(separator: " ").dropFirst().first.flatMap { Int($0) })
        return pages * pageSize
    }
}
