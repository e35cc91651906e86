import Testing

@testable import instacrawler

@Suite struct DeploymentFilesTests {
    /// Settings that the image sets, or that have no use in a container.
    private static let notAsked: Set = [
        "PORT", "INSTACRAWLER_HOST", "INSTAGRAM_GRAPH_URL", "INSTACRAWLER_DATA", "INSTACRAWLER_DATABASE",
        "INSTACRAWLER_RUN", "INSTACRAWLER_SOCKET", "INSTACRAWLER_NGINX", "INSTACRAWLER_PROGRAM",
        // Settings of configurations for one's own machine.
        "INSTACRAWLER_RESPONDER_HOST", "INSTACRAWLER_RESPONDER_PORT", "INSTACRAWLER_STANDBY_HOST",
        "INSTACRAWLER_STANDBY_PORT", "INSTACRAWLER_CERTIFICATE", "INSTACRAWLER_CERTIFICATE_KEY",
    ]

    @Test(arguments: SettingsTable.all.map(\.name).filter { !notAsked.contains($0) })
    func `Heroku's button asks for every setting that an operator decides`(name: String) {
        #expect(Machine.read("\(Machine.repository)/app.json").contains("\n    \"\(name)\": {\n"))
    }

    @Test func `Heroku's button asks for nothing that is no setting`() {
        let names = Machine.read("\(Machine.repository)/app.json").matches(of: /\n    "([A-Z_]+)": \{/)
        #expect(!names.isEmpty)
        let known = Set(SettingsTable.all.map(\.name))
        for name in names { #expect(known.contains(String(name.1)), "\(name.1)") }
    }
}
