import Glibc
import TestSupport
import Testing

/// A running `instacrawler up` with its own sandbox.
struct Deployment: Sendable {
    let directory: TemporaryDirectory
    let sandbox: Program
    let sandboxAddress: String
    let up: Program
    let browser: Browser
    let port: Int

    var socket: String { directory["run/instacrawler.sock"] }

    /// The environment of a deployment on a port of this machine.
    static func environment(_ directory: TemporaryDirectory, port: Int, graph: String) -> [String: String] {
        [
            "PORT": "\(port)", "INSTACRAWLER_HOST": "127.0.0.1", "INSTACRAWLER_RUN": directory["run"],
            "INSTACRAWLER_DATA": directory.path,
            "INSTACRAWLER_NGINX": "\(Machine.repository)/nginx", "INSTAGRAM_GRAPH_URL": "\(graph)/v23.0",
            "INSTACRAWLER_INTERVAL": "1s",
        ]
    }

    /// Starts a sandbox.
    static func sandbox(_ arguments: [String]) async throws -> (Program, address: String) {
        let sandbox = try await Program.start(Machine.instacrawler, ["sandbox", "--port", "0"] + arguments)
        let line = try #require(await sandbox.line(containing: "Sandbox is ready: "), "\(sandbox.output)")
        let address = try #require(line.split(separator: " ").last).dropLast()
        return (sandbox, String(address))
    }

    /// Starts both, and waits until there are pictures.
    ///
    /// - Parameters:
    ///   - settings: in addition to those of every deployment here.
    ///   - descriptors: the limit on open descriptors of `up`; `nil` for that of this process.
    static func start(
        sandbox arguments: [String] = [], environment settings: [String: String] = [:], descriptors: Int? = nil,
        in directory: TemporaryDirectory = TemporaryDirectory()
    ) async throws -> Deployment {
        let (sandbox, address) = try await Self.sandbox(arguments)
        let port = Machine.freePort()
        let environment = environment(directory, port: port, graph: address).merging(settings) { $1 }
        // prlimit replaces itself with the program.
        let up = try await Program.start(
            descriptors == nil ? Machine.instacrawler : try #require(Machine.find("prlimit")),
            (descriptors.map { ["--nofile=\($0):\($0)", Machine.instacrawler] } ?? []) + ["up"],
            environment: environment)
        let host = environment["INSTACRAWLER_HOST"]?.contains(":") == true ? "[::1]" : "127.0.0.1"
        let deployment = Deployment(
            directory: directory, sandbox: sandbox, sandboxAddress: address, up: up,
            browser: Browser(base: "http://\(host):\(port)"), port: port)
        try #require(
            await up.line(containing: "InstaCrawler is ready: http://localhost:\(port)/") != nil, "\(up.output)")
        let key = settings["INSTACRAWLER_ACCESS_KEY"].map { [("Authorization", "Bearer \($0)")] } ?? []
        try await eventually("pictures are there") { try await deployment.browser.get("/latest", key).status == 200 }
        return deployment
    }

    /// Runs a test with a deployment, and always stops it afterwards.
    static func with(
        sandbox arguments: [String] = [], environment: [String: String] = [:],
        in directory: TemporaryDirectory = TemporaryDirectory(), _ test: (Deployment) async throws -> Void
    ) async throws {
        let deployment = try await start(sandbox: arguments, environment: environment, in: directory)
        do {
            try await test(deployment)
        } catch {
            await deployment.stop()
            throw error
        }
        await deployment.stop()
    }

    /// Returns the address in an envelope.
    static func address(in envelope: String) throws -> String {
        let start = try #require(envelope.firstRange(of: "\"URI\":\"")).upperBound
        return String(envelope[start...].prefix { $0 != "\"" }).replacing("\\u0026", with: "&")
    }

    /// Lets the sandbox paint the newest pictures, which it caches.
    ///
    /// - Returns: the numbers of the pictures, smallest picture first.
    func paint(_ count: Int, key: String = "") async throws -> [Int] {
        try await withThrowingTaskGroup(of: (number: Int, size: Int).self) { group in
            for number in 0..<count {
                let address = try Self.address(in: try await browser.get("/latest/\(number)?key=\(key)").text)
                group.addTask { (number, try await Browser(base: "").get(address).body.count) }
            }
            var sizes: [(number: Int, size: Int)] = []
            for try await size in group { sizes.append(size) }
            return sizes.sorted { $0.size < $1.size }.map(\.number)
        }
    }

    func stop() async {
        await up.stop()
        await sandbox.stop()
    }
}

/// Polls until a condition holds that no event announces.
func eventually(
    _ what: String, within limit: Duration = .seconds(20), sourceLocation: SourceLocation = #_sourceLocation,
    _ holds: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while try await !holds() {
        try #require(ContinuousClock.now < deadline, "in vain: \(what)", sourceLocation: sourceLocation)
        try await Task.sleep(for: .milliseconds(20))
    }
}
