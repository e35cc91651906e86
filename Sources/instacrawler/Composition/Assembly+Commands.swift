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
        var settings = settings
        if settings.logLevel == .info { settings.logLevel = .warning }
        let logger = Logs.start(settings, to: .standardError)
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
