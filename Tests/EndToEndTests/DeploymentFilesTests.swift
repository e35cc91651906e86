import Testing

@testable import instacrawler

@Suite struct DeploymentFilesTests {
    /// What the image sets itself, or what has no place in a container.
    private static let notAsked: Set<Setting> = [
        .port, .host, .graphURL, .data, .database, .run, .socket, .nginx, .program,
        // Those of configurations that are for one's own machine.
        .responderHost, .responderPort, .standbyHost, .standbyPort, .certificate, .certificateKey,
    ]

    @Test(arguments: Setting.allCases.filter { !notAsked.contains($0) })
    func `Heroku's button asks for every setting that an operator decides`(setting: Setting) {
        #expect(Machine.read("\(Machine.repository)/app.json").contains("\n    \"\(setting.rawValue)\": {\n"))
    }

    @Test func `Heroku's button asks for nothing that is no setting`() {
        let names = Machine.read("\(Machine.repository)/app.json").matches(of: /\n    "([A-Z_]+)": \{/)
        #expect(!names.isEmpty)
        for name in names { #expect(Setting(rawValue: String(name.1)) != nil, "\(name.1)") }
    }
}
