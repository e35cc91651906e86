import Testing

@testable import Sandbox

@Suite("The sandbox's configuration")
struct SandboxConfigurationTests {
    @Test("has the documented defaults, which are valid")
    func defaults() throws {
        let configuration = SandboxConfiguration()
        try configuration.validate()
        #expect(configuration.host == "127.0.0.1" && configuration.port == 0)
        #expect(configuration.historyCount == 240 && configuration.pageLimit == 50)
        #expect(configuration.period == .seconds(5) && configuration.pictureDelay == .zero)
        #expect(configuration.accessToken == "sandbox-token" && configuration.userID == "17841400000000000")
    }

    @Test("accepts loopback hosts", arguments: ["localhost", "::1", "127.0.0.1", "127.255.255.254"])
    func loopback(host: String) throws {
        try SandboxConfiguration(host: host).validate()
    }

    @Test(
        "refuses any other host, and says what is allowed",
        arguments: ["0.0.0.0", "::", "", "example.org", "128.0.0.1", "127.0.0.1.example.org", "127.+1.0.1", "127.0.1"]
    )
    func otherHosts(host: String) throws {
        let error = try #require(throws: SandboxError.self) { try SandboxConfiguration(host: host).validate() }
        #expect(error == .notLoopback(host: host))
        #expect(error.description.contains("'\(host)'") && error.description.contains("localhost, ::1"))
    }

    @Test(
        "refuses what is out of range, and names it",
        arguments: [
            (SandboxConfiguration(port: 65_536), "port"), (SandboxConfiguration(port: -1), "port"),
            (SandboxConfiguration(historyCount: 59), "historyCount"), (SandboxConfiguration(period: .zero), "period"),
            (SandboxConfiguration(pictureDelay: .seconds(-1)), "pictureDelay"),
            (SandboxConfiguration(pageLimit: 0), "pageLimit"),
            (SandboxConfiguration(pictureLifetime: .milliseconds(999)), "pictureLifetime"),
            (SandboxConfiguration(accessToken: ""), "accessToken"),
            (SandboxConfiguration(userID: "me"), "userID"),
        ]
    )
    func ranges(configuration: SandboxConfiguration, name: String) throws {
        let error = try #require(throws: SandboxError.self) { try configuration.validate() }
        #expect(error.description.contains("the sandbox's \(name) is"))
    }
}
