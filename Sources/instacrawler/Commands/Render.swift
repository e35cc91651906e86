import ArgumentParser
import Launcher

/// Prints a template with its variables filled in.
struct Render: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints a template of a web server's configuration with its variables filled in.",
        discussion: """
            Variables, written ${NAME}: PORT, INSTACRAWLER_HOST, INSTACRAWLER_SOCKET (absolute), INSTACRAWLER_RUN \
            (absolute), INSTACRAWLER_NGINX (absolute; the directory of the templates), INSTACRAWLER_RATE_LIMIT, \
            INSTACRAWLER_RATE_BURST, INSTACRAWLER_TRUSTED_GEO and _REAL_IP (of INSTACRAWLER_TRUSTED_PROXIES), \
            INSTACRAWLER_ADDRESS (the host without brackets), INSTACRAWLER_PRIVATE (1 when an access key is set, else 0), \
            INSTACRAWLER_RESPONDER_HOST and _PORT, INSTACRAWLER_STANDBY_HOST and _PORT, INSTACRAWLER_CERTIFICATE and _KEY \
            (absolute), INSTACRAWLER_PROGRAM (absolute).
            """)

    @Argument(help: "The template, such as nginx/nginx.conf.template.")
    var template: String

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        do {
            let settings = try options.settings()
            _ = Logs.start(settings, to: .standardError)
            let rendered = try Template(contentsOf: template).render(settings.nginxConfiguration.variables)
            Console.print(rendered, terminator: "")
        } catch {
            throw fail(error)
        }
    }
}
