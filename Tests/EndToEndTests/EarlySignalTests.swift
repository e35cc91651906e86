import Glibc
import TestSupport
import Testing

@testable import Launcher

@Suite("Signals that come early", .serialized, .timeLimit(.minutes(10)))
struct EarlySignalTests {
    @Test("From the moment that a responder handles a signal, it ends by it", arguments: [SIGTERM, SIGINT])
    func ordinary(_ number: Int32) async throws {
        let status = try await end(number, prefix: "")
        #expect(status == .exited(0) || status == .signalled(number), "\(status)")
    }

    @Test(
        "So does process 1 of a container, before there is anything to stop gracefully",
        .enabled(if: geteuid() == 0, "only root can make a namespace of processes"), arguments: [SIGTERM, SIGINT])
    func processOne(_ number: Int32) async throws {
        #expect(try await end(number, prefix: "unshare --pid --fork --kill-child") == .exited(128 + number))
    }

    /// Starts a responder, and sends it a signal as soon as the kernel reports that it handles the signal.
    private func end(_ number: Int32, prefix: String) async throws -> Launcher.ExitStatus {
        let directory = TemporaryDirectory()
        let program = try await Program.start(
            "/bin/sh",
            [
                "-c", "cd $1 && exec \(prefix) $2 respond --listen unix:$1/socket", "sh", directory.path,
                Machine.instacrawler,
            ])
        while !handles(number, responder(of: program)) { await Task.yield() }
        kill(responder(of: program), number)
        return await program.process.exitStatus()
    }

    /// Returns the program itself, or the child that it started as process 1.
    private func responder(of program: Program) -> Int32 {
        let id = program.process.id
        let children = Machine.read("/proc/\(id)/task/\(id)/children").split(separator: " ")
        return children.first.flatMap { Int32($0) } ?? id
    }

    private func handles(_ number: Int32, _ process: Int32) -> Bool {
        let caught = Machine.read("/proc/\(process)/status").split(separator: "\n").first { $0.hasPrefix("SigCgt:") }
        let signals = caught?.split(separator: "\t").last.flatMap { UInt64($0, radix: 16) } ?? 0
        // The shell and `unshare` handle other signals than the program.
        let command = Machine.read("/proc/\(process)/cmdline")
        return command.hasPrefix(Machine.instacrawler) && signals & 1 << UInt64(number - 1) != 0
    }
}
