import Glibc
import Logging
import ServiceLifecycle
import TestSupport
import Testing

@testable import Launcher

@Suite(.timeLimit(.minutes(10))) struct NginxSignalsTests {
    @Test(arguments: [
        ("nginx version: nginx/1.22.1 (graceful-term)\nbuilt by gcc", SIGTERM, SIGQUIT),
        ("nginx version: nginx/1.22.1\nbuilt by gcc (graceful-term)", SIGQUIT, SIGTERM),
        ("nginx version: nginx/1.22.1 (Ubuntu)", SIGQUIT, SIGTERM),
        ("", SIGQUIT, SIGTERM),
    ])
    func `The name of the build says which signal is the graceful one`(
        _ version: String, _ graceful: Int32, _ fast: Int32
    ) {
        let signals = NginxSignals(version: version)
        #expect(signals.graceful == graceful && signals.fast == fast)
    }

    @Test(arguments: [("nginx/1.22.1 (graceful-term)", "TERM"), ("nginx/1.22.1", "QUIT")])
    func `nginx is stopped with the signal that it takes for a graceful stop`(
        _ version: String, _ signal: String
    ) async throws {
        let directory = TemporaryDirectory()
        // Replaces nginx: prints its version, accepts any configuration, and records the signal that it gets.
        directory.write(
            """
            #!/bin/sh
            case "$*" in
                -V) echo "nginx version: \(version)"; exit 0 ;;
                *" -t -q") exit 0 ;;
            esac
            trap 'echo TERM > \(directory["got"]); exit 0' TERM
            trap 'echo QUIT > \(directory["got"]); exit 0' QUIT
            echo yes > \(directory["ready"])
            while :; do sleep 0.05; done

            """, to: "nginx")
        chmod(directory["nginx"], 0o755)
        directory.write("", to: "t")
        var configuration = NginxConfiguration(
            template: directory["t"], variables: [], runDirectory: directory["run"], host: "127.0.0.1", port: 64_999,
            environment: ["PATH": "/usr/bin:/bin"])
        configuration.program = directory["nginx"]
        let service = try await NginxService.prepare(configuration, logger: .silent)
        let group = ServiceGroup(services: [service], logger: .silent)
        async let running: Void = group.run()
        while access(directory["ready"], F_OK) != 0 { try await Task.sleep(for: .milliseconds(10)) }
        await group.triggerGracefulShutdown()
        try await running
        #expect(try Files.read(directory["got"]) == "\(signal)\n")
    }
}
