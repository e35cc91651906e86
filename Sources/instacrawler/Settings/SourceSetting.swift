import Crawler

/// Where pictures come from: one value of the setting.
struct SourceSetting: Sendable {
    /// The name of the source in ids, logs and addresses.
    var name: String
    /// Whether it runs on this machine: then it may be asked as often as one likes, and its pictures come from here.
    var isLocal = false
    /// Whether it is a sandbox.
    var isSandbox = false
    /// Whether a sandbox is started for it.
    var startsSandbox = false
    /// Makes the source, once the sandbox that is started for it listens.
    var make: @Sendable (Assembly) async throws -> any PostSource
}
