import Glibc
import Testing

@testable import Launcher

@Suite("Child processes", .timeLimit(.minutes(10)))
struct ChildProcessTests {
    private func shell(_ script: String) -> ChildProcess.Command {
        ChildProcess.Command(path: "/bin/sh", arguments: ["-c", script], environment: ["PATH=/usr/bin:/bin"])
    }

    @Test("The exit code and the signal are told")
    func status() async throws {
        #expect(try await ChildProcess.start(shell("exit 7")).exitStatus() == .exited(7))
        #expect(try await ChildProcess.start(shell("kill -9 $$")).exitStatus() == .signalled(SIGKILL))
        #expect(ExitStatus.signalled(SIGKILL).description == "signal 9 (Killed)")
    }

    @Test("Those who ask later are told, too")
    func asksTwice() async throws {
        let child = try await ChildProcess.start(shell("exit 3"))
        #expect(await child.exitStatus() == .exited(3))
        #expect(await child.exitStatus() == .exited(3))
        child.send(SIGTERM)
    }

    @Test("A signal reaches it, though this process ignores or blocks that signal")
    func signals() async throws {
        let child = try await ChildProcess.start(shell("exec sleep 60"))
        child.send(SIGTERM)
        #expect(await child.exitStatus() == .signalled(SIGTERM))
    }

    @Test("What it prints is collected, it has its own group, and no descriptor but the three")
    func output() async throws {
        let script = "echo out; echo err >&2; ps -o pgid= -p $$ | tr -d ' '; echo $$; ls /proc/self/fd | wc -l"
        let output = try await Output.of("/bin/sh", ["-c", script], environment: ["PATH=/usr/bin:/bin"])
        let lines = output.text.split(separator: "\n")
        #expect(output.status == .exited(0))
        #expect(lines.prefix(2) == ["out", "err"])
        #expect(lines[2] == lines[3])
        // The three standard descriptors, and the one with which ls reads the directory.
        #expect(lines[4] == "4")
    }

    @Test("A program that is not there is an error with its reason")
    func notThere() async {
        let command = ChildProcess.Command(path: "/nowhere/x", arguments: [], environment: [])
        await #expect(throws: LauncherError.cannotStart("/nowhere/x", reason: "No such file or directory")) {
            try await ChildProcess.start(command)
        }
        #expect(throws: LauncherError.programNotFound("no-such-program")) {
            try SearchPath.find("no-such-program", path: "/usr/bin")
        }
    }
}
