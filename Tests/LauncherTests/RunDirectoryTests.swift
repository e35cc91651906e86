import Glibc
import TestSupport
import Testing

@testable import Launcher

@Suite("The run directory")
struct RunDirectoryTests {
    private static func reason(_ path: String) -> String? {
        do throws(LauncherError) {
            _ = try RunDirectory(path)
            return nil
        } catch {
            return error.description
        }
    }

    @Test("It is made, with those above it, and one at a time has it")
    func locks() throws {
        let directory = TemporaryDirectory()
        let path = directory["a/b"]
        var first: RunDirectory? = try RunDirectory(path)
        #expect(Self.reason(path)?.contains("another instacrawler up runs with it") == true)
        try first?.write("x", to: "nginx.conf")
        #expect(try Files.read("\(path)/nginx.conf") == "x")
        first = nil
        #expect(Self.reason(path) == nil)
    }

    @Test("One that others may write to is refused", arguments: [0o777, 0o775, 0o1777, 0o757] as [mode_t])
    func writableByOthers(mode: mode_t) {
        let directory = TemporaryDirectory()
        mkdir(directory["run"], 0o755)
        chmod(directory["run"], mode)
        #expect(Self.reason(directory["run"])?.contains("others may write to it") == true)
        chmod(directory["run"], 0o700)
        #expect(Self.reason(directory["run"]) == nil)
    }

    @Test("One of another user is refused, and so are links and directories of another user above it")
    func anotherUser() {
        // Only root may change the owner of a directory.
        guard geteuid() == 0 else { return }
        let directory = TemporaryDirectory()
        mkdir(directory["theirs"], 0o755)
        mkdir(directory["theirs/run"], 0o755)
        mkdir(directory["ours"], 0o755)
        symlink(directory["ours"], directory["link"])
        chown(directory["theirs"], 4_242, 4_242)
        lchown(directory["link"], 4_242, 4_242)
        #expect(Self.reason(directory["theirs"])?.contains("it belongs to user 4242") == true)
        #expect(Self.reason(directory["theirs/run"])?.contains("belongs to user 4242") == true)
        #expect(Self.reason(directory["theirs/new"])?.contains("belongs to user 4242") == true)
        #expect(Self.reason(directory["link"])?.contains("belongs to user 4242") == true)
        #expect(Self.reason(directory["link/run"])?.contains("belongs to user 4242") == true)
        #expect(access(directory["theirs/new"], F_OK) != 0 && access(directory["ours/run"], F_OK) != 0)
        mkdir(directory["ours/pictures"], 0o755)
        chown(directory["ours/pictures"], 4_242, 4_242)
        #expect(Self.reason(directory["ours"])?.contains("pictures in it belongs to user 4242") == true)
    }

    @Test(
        "A symbolic link in it is replaced, and what it leads to stays as it is",
        arguments: ["nginx.conf", "nginx.conf.new"])
    func links(name: String) throws {
        let directory = TemporaryDirectory()
        directory.write("precious", to: "target")
        mkdir(directory["run"], 0o755)
        symlink(directory["target"], directory["run/\(name)"])
        try RunDirectory(directory["run"]).write("x", to: "nginx.conf")
        #expect(try Files.read(directory["target"]) == "precious")
        #expect(try Files.read(directory["run/nginx.conf"]) == "x")
    }

    @Test("A lock that is a symbolic link is refused")
    func lockLink() {
        let directory = TemporaryDirectory()
        mkdir(directory["run"], 0o755)
        symlink(directory["target"], directory["run/up.lock"])
        #expect(Self.reason(directory["run"])?.contains("up.lock") == true)
        #expect(access(directory["target"], F_OK) != 0)
    }
}
