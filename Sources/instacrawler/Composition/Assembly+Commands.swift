import ArgumentParser
import Crawler
import Logging
import ServiceLifecycle
import Synchronization

extension Assembly {
    /// Gives a command the crawler, with the sandbox beside it where it needs one, until the command is done or a
    /// signal ends it.
    ///
    /// - Returns: the exit code of the command.
    static func crawl(
        _ settings: Settings, _ command: @escaping @Sendable (Assembly, CrawlerService) async throws -> ExitCode
    ) async throws -> ExitCode {
        // A person wants to see the posts; what a service logs as news are just these.
        let logger = Logs.start(
            settings.logLevel == .info ? .warning : settings.logLevel, format: settings.logFormat,
            secrets: settings.secrets, to: .standardError)
        let assembly = Assembly(settings, logger: logger)
        let code = Mutex(ExitCode.failure)
        let work = OneTimeService {
            let crawler = try await assembly.crawler()
            let result = try await command(assembly, crawler)
            code.withLock { $0 = result }
        }
        do {
            try await assembly.serve(assembly.foundations, endingWith: work)
        } catch {
            try? await assembly.client.shutdown()
            throw error
        }
        return code.withLock { $0 }
    }
}
