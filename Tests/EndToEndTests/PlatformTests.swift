import Glibc
import TestSupport
import Testing

@testable import Launcher

@Suite("Where it lands", .serialized, .timeLimit(.minutes(10)))
struct PlatformTests {
    @Test("The Procfile works under foreman, which sets PORT")
    func procfile() async throws {
        let directory = TemporaryDirectory()
        directory.write(Machine.read("\(Machine.repository)/Procfile"), to: "Procfile")
        for name in [".build", ".build/release"] { mkdir(directory[name], 0o755) }
        symlink(Machine.instacrawler, directory[".build/release/instacrawler"])
        symlink("\(Machine.repository)/nginx", directory["nginx"])
        let port = Machine.freePort()
        let foreman = try await Program.start(
            try #require(Machine.find("foreman")), ["start", "-d", directory.path, "-p", "\(port)"],
            environment: ["INSTACRAWLER_HOST": "127.0.0.1", "HOME": directory.path, "LANG": "C.UTF-8"])
        let ready = await foreman.line(containing: "InstaCrawler is ready: http://localhost:\(port)/")
        #expect(ready != nil, "\(foreman.output)")
        let status = try await Browser(base: "http://127.0.0.1:\(port)").get("/status")
        #expect(status.text == "{\"status\":\"OK\",\"URI\":\"\"}\n")
        await foreman.stop()
        try await eventually("all is gone") { kill(-foreman.process.id, 0) != 0 }
    }

    @Test(
        "It runs as an ordinary user on a read-only root with one writable directory",
        .enabled(if: geteuid() == 0, "only root can make a read-only root"))
    func readOnlyRoot() async throws {
        let directory = TemporaryDirectory()
        mkdir(directory["writable"], 0o755)
        chown(directory["writable"], 54_321, 54_321)
        let port = Machine.freePort()
        let program = directory["instacrawler"]
        // An ordinary user may be unable to read the build directory.
        _ = try await Program.run("/bin/cp", [Machine.instacrawler, program])
        _ = try await Program.run("/bin/cp", ["-r", "\(Machine.repository)/nginx", directory["nginx"]])
        let script = """
            mount --make-rprivate / && mount --bind / / && mount --bind $1/writable $1/writable \
            && mount -o remount,bind,ro / || exit 99
            touch $1/file 2> /dev/null && exit 98
            cd $1 && exec setpriv --reuid 54321 --regid 54321 --clear-groups ./instacrawler up
            """
        let up = try await Program.start(
            try #require(Machine.find("unshare")), ["--mount", "/bin/sh", "-c", script, "sh", directory.path],
            environment: [
                "PORT": "\(port)", "INSTACRAWLER_HOST": "127.0.0.1", "INSTACRAWLER_RUN": directory["writable/run"],
            ])
        let ready = await up.line(containing: "InstaCrawler is ready")
        #expect(ready != nil, "\(up.output)")
        let browser = Browser(base: "http://127.0.0.1:\(port)")
        try await eventually("pictures are there") { try await browser.get("/latest").status == 200 }
        #expect(try await browser.get("/latest/image").status == 200)
        #expect(await up.stop() == .exited(0))
    }
}
