import ArgumentParser
import CLinux
import CSQLite
import CUTF8Proc
import CZlib
import FoundationEssentials
import Glibc
import Launcher

/// The command line: parses arguments and connects the modules.
@main
struct Instacrawler: AsyncParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "instacrawler",
        abstract: "Shows the newest picture that was posted under a hashtag.",
        discussion: """
            Settings come from flags, from environment variables, and from a file .env in the current directory; \
            a flag beats a variable beats the file. --version --verbose prints the version of every part.
            """,
        version: version,
        subcommands: [Up.self, Respond.self, Crawl.self, Export.self, Render.self, Check.self, SandboxCommand.self]
    )

    static func main() async {
        EarlySignals.endProcessOne()
        clinux_return_memory()
        if Set(CommandLine.arguments.dropFirst()) == ["--version", "--verbose"] {
            return Console.print(await Versions.text())
        }
        await main(nil)
    }
}

/// Prints an error to standard error and returns the exit code.
func fail(_ error: any Error) -> ExitCode {
    Console.printError("instacrawler: \(error)")
    return error is SettingError ? ExitCode(EX_USAGE) : .failure
}

/// The exit code for wrong usage, from sysexits.h.
let EX_USAGE: Int32 = 64

/// Prints without buffering. Standard output is otherwise buffered if it is not a terminal.
enum Console {
    /// Prints a line to standard output.
    static func print(_ text: String, terminator: String = "\n") {
        write(text + terminator, to: STDOUT_FILENO)
    }

    /// Prints a line to standard error.
    static func printError(_ text: String, terminator: String = "\n") {
        write(text + terminator, to: STDERR_FILENO)
    }

    private static func write(_ text: String, to descriptor: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count >= 0 || errno == EINTR else { return }
            bytes = bytes.dropFirst(max(0, count))
        }
    }
}

/// Checks the health of the running service.
struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Asks the running service for /health; ends with 0 when it answers, else with 1.")

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        do {
            let settings = try options.settings()
            let address = settings.healthAddress(of: try Template(contentsOf: settings.template))
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

/// The versions of the program, its dependencies and nginx.
enum Versions {
    /// Returns one `NAME VERSION` a line: the program, its libraries and the nginx that it would start.
    static func text() async -> String {
        var lines = [
            "instacrawler \(Instacrawler.version)", "swift-stdlib \(_SwiftStdlibVersion.current)",
            "sqlite \(String(cString: sqlite3_libversion()))", "zlib \(String(cString: zlibVersion()))",
            "utf8proc \(String(cString: utf8proc_version()))",
        ]
        if let nginx = await NginxService.version(environment: Environment.all) { lines.append("nginx \(nginx)") }
        return (lines + image + packages).joined(separator: "\n")
    }

    /// The versions of the Swift packages, from the list that `scripts/resolve` uses.
    static var packages: [String] { lines(PackageResources.versions_txt) }

    /// The versions that only the build of the image knows: compiler, libfcgi and commit.
    private static var image: [String] {
        let directory = Paths.executable.split(separator: "/").dropLast(2).joined(separator: "/")
        let file = URL(filePath: "/\(directory)/share/instacrawler/versions.txt")
        return (try? Data(contentsOf: file)).map { lines($0) } ?? []
    }

    private static func lines(_ bytes: some Collection<UInt8>) -> [String] {
        String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
