import ArgumentParser
import Sandbox
import ServiceLifecycle

/// Serves the emulated upstream interfaces.
struct SandboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sandbox",
        abstract: "Serves an emulator of Instagram's, Mastodon's and Flickr's interfaces on a loopback address.",
        discussion: """
            It publishes a new post every few seconds, with pictures that it makes itself. Point a service at it with \
            INSTACRAWLER_SOURCE=sandbox and INSTAGRAM_GRAPH_URL=http://127.0.0.1:5090/v23.0.

            A fault is \(FaultRuleError.form("").allowed). The target is \(FaultRuleError.target("").allowed). \
            When is \(FaultRuleError.occasion("").allowed); without it, always. \
            The fault is \(FaultRuleError.fault("").allowed).
            """)

    @Option(help: "Port, 0 to 65535; 0 takes any that is free. [default: 5090]")
    var port: String?

    @Option(help: "Loopback address to listen on. [default: 127.0.0.1]")
    var host: String?

    @Option(help: "Time between two posts of a hashtag, such as 500ms or 5s. [default: 5s]")
    var period: String?

    @Option(help: "How many posts of a hashtag can be seen, 60 to 1000000. [default: 240]")
    var history: String?

    @Option(help: "How long a picture waits before its first byte. [default: 0s]")
    var pictureDelay: String?

    @Option(help: "How long a picture's address lasts at most, such as 1h; then it is answered 403. [default: 96h]")
    var pictureLifetime: String?

    @Flag(help: "Give every page of a list the same cursor, as Instagram documents it.")
    var repeatCursors = false

    @Option(name: .customLong("fault"), help: "A fault to show: TARGET[@WHEN]=FAULT; may be repeated. See above.")
    var faults: [String] = []

    @Option(help: "Seed of the chances of faults. [default: 1]")
    var seed: String?

    @Option(help: "Manners of the hashtag timeline: mastodon or pixelfed. [default: mastodon]")
    var manners: String?

    @Option(help: "Token that the hashtag timeline wants. [default: none]")
    var mastodonToken: String?

    @Option(help: SettingsTable.entries.logLevel.argumentHelp)
    var logLevel: String?

    func run() async throws {
        do {
            let settings = try SettingsReader(flags: logLevel.map { [SettingsTable.entries.logLevel.name: $0] } ?? [:])
            let logger = Logs.start(
                try settings.value(\.logLevel), format: try settings.value(\.logFormat), to: .standardError)
            let server = SandboxServer(configuration: try configuration(), logger: logger)
            let announcement = OneTimeService {
                let address = try await server.address()
                Console.print("Sandbox is ready: \(address)/")
            }
            try await ServiceGroup(
                services: [server, announcement], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger
            ).run()
        } catch {
            throw fail(error)
        }
    }

    private func configuration() throws -> SandboxConfiguration {
        var configuration = SandboxConfiguration(port: 5_090)
        if let port {
            configuration.port = try checked("--port", port, "0 to 65535", { $0 == "0" ? 0 : Parse.port($0) })
        }
        if let host { configuration.host = host }
        let duration = "a duration such as 500ms or 5s"
        if let period { configuration.period = try checked("--period", period, duration, Parse.duration) }
        if let history {
            configuration.historyCount = try checked("--history", history, "60 to 1000000") {
                Parse.number($0, in: 60...1_000_000)
            }
        }
        if let pictureDelay {
            configuration.pictureDelay = try checked("--picture-delay", pictureDelay, duration, Parse.duration)
        }
        if let pictureLifetime {
            configuration.pictureLifetime = try checked(
                "--picture-lifetime", pictureLifetime, duration, Parse.duration)
        }
        configuration.repeatsCursors = repeatCursors
        configuration.faults = try faults.map(fault)
        if let mastodonToken { configuration.mastodonToken = mastodonToken }
        if let seed { configuration.seed = try checked("--seed", seed, "a whole number from 0", { UInt64($0) }) }
        if let manners {
            configuration.manners = try checked(
                "--manners", manners, "mastodon or pixelfed", SandboxConfiguration.Manners.init)
        }
        do {
            try configuration.validate()
        } catch {
            throw SettingError(name: "the sandbox", value: "\(error)", allowed: "see --help")
        }
        return configuration
    }

    private func fault(_ text: String) throws -> FaultRule {
        do throws(FaultRuleError) {
            return try FaultRule(text)
        } catch {
            let name = error.part.map { "the \($0.name) of --fault" } ?? "--fault"
            throw SettingError(name: name, value: error.part?.text ?? text, allowed: error.allowed)
        }
    }

    private func checked<Value>(
        _ name: String, _ text: String, _ allowed: String, _ parse: (String) -> Value?
    ) throws -> Value {
        guard let value = parse(text) else { throw SettingError(name: name, value: text, allowed: allowed) }
        return value
    }
}
