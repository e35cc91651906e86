import ArgumentParser
import CLinux
import Glibc

/// The command line: parses arguments and puts the rooms together, nothing else.
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

/// Ends the program with one line on standard error.
func fail(_ error: any Error) -> ExitCode {
    Console.printError("instacrawler: \(error)")
    return error is SettingError ? ExitCode(EX_USAGE) : .failure
}

/// The codes of sysexits.h that are used.
let EX_USAGE: Int32 = 64

/// Prints at once, wherever it goes: standard output is buffered when it is no terminal.
enum Console {
    /// Prints a line on standard output.
    static func print(_ text: String, terminator: String = "\n") {
        write(text + terminator, to: STDOUT_FILENO)
    }

    /// Prints a line on standard error.
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
