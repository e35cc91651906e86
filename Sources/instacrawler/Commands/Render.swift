import ArgumentParser
import Launcher

/// Prints a template with its variables filled in.
struct Render: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints a template of a web server's configuration with its variables filled in.",
        discussion: """
            Variables, written ${NAME}: PORT, INSTACRAWLER_HOST, INSTACRAWLER_SOCKET (absolute), INSTACRAWLER_RUN \
            (absolute), INSTACRAWLER_NGINX (absolute; the directory of the templates).
            """)

    @Argument(help: "The template, such as nginx/nginx.conf.template.")
    var template: String

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        do {
            let settings = try await options.settings()
            let rendered = try Template(contentsOf: template).render(settings.nginxConfiguration.variables)
            Console.print(rendered, terminator: "")
        } catch {
            throw fail(error)
        }
    }
}
