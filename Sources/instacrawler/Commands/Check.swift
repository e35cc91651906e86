import ArgumentParser
import Launcher

/// Asks the running service how it is.
struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Asks the running service for /health; ends with 0 when it answers, else with 1.")

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        do {
            let settings = try options.settings()
            let address = settings.healthAddress(of: try Template(contentsOf: settings.proxy.template))
            let client = HealthCheck.client()
            let failure = await HealthCheck.failure(address, client: client, timeout: .seconds(5))
            try await client.shutdown()
            if let failure {
                Console.printError("instacrawler: \(address) gave no good answer: \(failure)")
                throw ExitCode.failure
            }
        } catch let code as ExitCode {
            throw code
        } catch {
            throw fail(error)
        }
    }
}
