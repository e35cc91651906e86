import Glibc
import Testing

@testable import instacrawler

@Suite("Documentation of the settings", .timeLimit(.minutes(10)))
struct SettingsDocumentTests {
    private static let path = "\(Machine.repository)/docs/settings.md"
    private static let command = "INSTACRAWLER_TEST_WRITE=1 swift test --filter SettingsDocumentTests"
    private static let begin = "<!-- Generated from Sources/instacrawler/SettingsTable.swift by `\(command)`. -->\n"
    private static let end = "<!-- End of the generated part. -->\n"

    @Test("docs/settings.md is current")
    func document() throws {
        let text = Machine.read(Self.path)
        let begin = try #require(text.firstRange(of: Self.begin)).upperBound
        let end = try #require(text.firstRange(of: Self.end)).lowerBound
        let isCurrent = text[begin..<end] == Self.tables
        if getenv("INSTACRAWLER_TEST_WRITE") != nil, !isCurrent {
            let file = try #require(fopen(Self.path, "w"))
            fputs(text[..<begin] + Self.tables + text[end...], file)
            #expect(fclose(file) == 0)
            return
        }
        #expect(isCurrent, "docs/settings.md differs from the table of settings; to update it: \(Self.command)")
    }

    @Test(
        "--help names every flag with its variable", arguments: ["up", "respond", "crawl", "export", "render", "check"])
    func help(command: String) async throws {
        let help = try await Program.run(Machine.instacrawler, [command, "--help"]).output
        for setting in SettingsTable.all {
            guard let flag = setting.flag else { continue }
            #expect(help.contains("  --\(flag) ") && help.contains("[\(setting.name)"), "\(flag)")
        }
    }

    @Test("docs/proxies.md names every variable of templates")
    func variables() throws {
        let settings = try Settings(try SettingsReader(flags: [:], environment: [:], file: "/dev/null"))
        let text = Machine.read("\(Machine.repository)/docs/proxies.md")
        for variable in settings.templateVariables { #expect(text.contains("`\(variable.name)`"), "\(variable.name)") }
    }

    @Test("No secret has a flag, and no name or flag repeats")
    func declarations() {
        let all = SettingsTable.all
        #expect(all.allSatisfy { !$0.isSecret || $0.flag == nil })
        #expect(Set(all.map(\.name)).count == all.count)
        #expect(Set(all.compactMap(\.flag)).count == all.filter { $0.flag != nil }.count)
    }

    @Test("Every default is a value that the setting allows")
    func defaults() throws {
        let reader = try SettingsReader(flags: [:], environment: [:], file: "/dev/null")
        for setting in SettingsTable.all { #expect(throws: Never.self) { try setting.value(reader) } }
        let settings = try Settings(reader)
        #expect(settings.port == 5_000 && settings.database == nil && settings.interval == .seconds(3))
    }

    private static var tables: String {
        SettingSection.allCases.map { section in
            let rows = SettingsTable.all.filter { $0.section == section }.map { setting in
                [
                    "`\(setting.name)`", setting.flag.map { "`--\($0)`" } ?? "–", setting.defaultText ?? "–",
                    setting.isSecret ? "yes" : "no", setting.meaning,
                ]
            }
            let head = [["variable", "flag", "default", "secret", "meaning"], Array(repeating: "---", count: 5)]
            let lines = (head + rows).map { "| \($0.joined(separator: " | ")) |\n" }.joined()
            return "\n## \(section.rawValue)\n\n\(lines)"
        }.joined() + "\n"
    }
}
