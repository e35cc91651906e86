import Glibc
import TestSupport
import Testing

@testable import Launcher

@Suite("The configuration of nginx that up is told to use", .serialized, .timeLimit(.minutes(10)))
struct ProxyTests {
    private static func start(
        _ proxy: String, in directory: TemporaryDirectory, port: Int, with settings: [String: String] = [:]
    ) async throws -> (up: Program, environment: [String: String]) {
        let environment = [
            "PORT": "\(port)", "INSTACRAWLER_HOST": "127.0.0.1", "INSTACRAWLER_RUN": directory["run"],
            "INSTACRAWLER_NGINX": "\(Machine.repository)/nginx", "INSTACRAWLER_PROXY": proxy,
            "INSTACRAWLER_RESPONDER_PORT": "\(Machine.freePort())",
            "INSTACRAWLER_CERTIFICATE": directory["certificate.pem"],
            "INSTACRAWLER_CERTIFICATE_KEY": directory["key.pem"],
        ].merging(settings) { $1 }
        return (try await Program.start(Machine.instacrawler, ["up"], environment: environment), environment)
    }

    @Test(arguments: ["nginx", "tcp", "microcache"]) func `Each that is named answers, and stops gracefully`(
        proxy: String
    ) async throws {
        let directory = TemporaryDirectory()
        let port = Machine.freePort()
        let (up, _) = try await Self.start(proxy, in: directory, port: port)
        let ready = await up.line(containing: "InstaCrawler is ready: http://localhost:\(port)/")
        #expect(ready != nil, "\(up.output)")
        let browser = Browser(base: "http://127.0.0.1:\(port)")
        let status = try await browser.get("/status")
        #expect(status.text == "{\"status\":\"OK\",\"URI\":\"\"}\n")
        let isKept = try await browser.get("/status").headers.first(name: "X-Cache") != nil
        #expect(isKept == (proxy == "microcache"))
        #expect(await up.stop() == .exited(0), "\(up.output)")
    }

    @Test func `The one for TLS answers over HTTPS, which check can ask for, and shows HTTP the way`() async throws {
        let directory = TemporaryDirectory()
        let made = try await Program.run(
            try #require(Machine.find("openssl")),
            [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-keyout",
                directory["key.pem"], "-out", directory["certificate.pem"],
            ])
        try #require(made.status == .exited(0), "\(made.output)")
        let port = Machine.freePort()
        let (up, environment) = try await Self.start("tls", in: directory, port: port)
        let ready = await up.line(containing: "InstaCrawler is ready: https://localhost:\(port)/")
        #expect(ready != nil, "\(up.output)")
        let check = try await Program.run(Machine.instacrawler, ["check"], environment: environment)
        #expect(check.status == .exited(0), "\(check.output)")
        let plain = try await Browser(base: "http://127.0.0.1:\(port)").get("/latest?x=1")
        #expect(plain.status == 308)
        #expect(plain.headers.first(name: "Location") == "https://127.0.0.1:\(port)/latest?x=1")
        #expect(await up.stop() == .exited(0), "\(up.output)")
    }

    @Test func `Where the responder is on another machine nginx is started alone, and the one that stands by answers`()
        async throws
    {
        let directory = TemporaryDirectory()
        let responderPort = Machine.freePort()
        let respond = try await Program.start(
            Machine.instacrawler, ["respond", "--listen", "tcp:127.0.0.1:\(responderPort)"],
            environment: ["INSTACRAWLER_DATABASE": ":memory:"])
        let port = Machine.freePort()
        let (up, _) = try await Self.start(
            "tcp", in: directory, port: port,
            // No host has a documentation address (RFC 5737).
            with: [
                "INSTACRAWLER_RESPONDER_HOST": "192.0.2.1", "INSTACRAWLER_RESPONDER_PORT": "\(responderPort)",
                "INSTACRAWLER_STANDBY_HOST": "127.0.0.1", "INSTACRAWLER_STANDBY_PORT": "\(responderPort)",
            ])
        #expect(await up.line(containing: "InstaCrawler is ready") != nil, "\(up.output)")
        #expect(up.output.contains("starting nginx alone"))
        let status = try await Browser(base: "http://127.0.0.1:\(port)").get("/status")
        #expect(status.text == "{\"status\":\"OK\",\"URI\":\"\"}\n")
        #expect(await up.stop() == .exited(0), "\(up.output)")
        #expect(await respond.stop() == .exited(0), "\(respond.output)")
    }

    @Test func `An nginx without TLS is refused for the one for TLS, with what to do`() async throws {
        let directory = TemporaryDirectory()
        directory.write(
            "#!/bin/sh\necho 'configure arguments: --with-http_realip_module' >&2\n", to: "nginx")
        chmod(directory["nginx"], 0o755)
        let (up, _) = try await Self.start(
            "tls", in: directory, port: Machine.freePort(), with: ["PATH": "\(directory.path):/usr/bin:/bin"])
        #expect(await up.process.exitStatus() == .exited(1))
        #expect(up.output.contains("this nginx is built without ssl and http2"), "\(up.output)")
        #expect(up.output.contains("INSTACRAWLER_PROXY"))
    }

    @Test func `A file of one's own is used, and one that names a certificate wants it to be set`() async throws {
        let directory = TemporaryDirectory()
        let template = Machine.read("\(Machine.repository)/nginx/nginx.conf.template")
        directory.write(template.replacing("location / {", with: "location / { add_header X-Own yes;"), to: "own")
        let port = Machine.freePort()
        let (up, _) = try await Self.start(directory["own"], in: directory, port: port)
        #expect(await up.line(containing: "InstaCrawler is ready") != nil, "\(up.output)")
        let answer = try await Browser(base: "http://127.0.0.1:\(port)").get("/status")
        #expect(answer.headers.first(name: "X-Own") == "yes")
        #expect(await up.stop() == .exited(0))

        let tls = "\(Machine.repository)/nginx/tls.conf.template"
        let unset = try await Program.run(Machine.instacrawler, ["render", tls])
        #expect(unset.status == .exited(1))
        #expect(unset.output.contains("tls.conf.template:"))
        #expect(unset.output.contains("${INSTACRAWLER_CERTIFICATE} is not set"))
    }
}
