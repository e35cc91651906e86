import Glibc
import Synchronization

@testable import Launcher

/// A program that a test runs, and its output so far.
final class Program: Sendable {
    let process: ChildProcess
    private let printed: Printed

    private init(process: ChildProcess, printed: Printed) {
        self.process = process
        self.printed = printed
    }

    /// Starts a program with the environment of the test, extended by `environment`.
    static func start(
        _ path: String, _ arguments: [String] = [], environment: [String: String] = [:]
    ) async throws -> Program {
        var all: [String: String] = ["PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"]
        for name in ["INSTACRAWLER_TEST_RUN", "LD_LIBRARY_PATH"] {
            if let value = getenv(name) { all[name] = String(cString: value) }
        }
        all.merge(environment) { $1 }
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw LauncherError.cannotStart(path, reason: "no pipe") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let printed = Printed(reading: ends[0])
        defer { close(ends[1]) }
        let process = try await ChildProcess.start(
            ChildProcess.Command(
                path: path, arguments: arguments, environment: all.map { "\($0.key)=\($0.value)" }, output: ends[1],
                errors: ends[1], deathSignal: SIGKILL))
        return Program(process: process, printed: printed)
    }

    /// Runs a program to its end.
    static func run(
        _ path: String, _ arguments: [String] = [], environment: [String: String] = [:]
    ) async throws -> (status: ExitStatus, output: String) {
        let program = try await start(path, arguments, environment: environment)
        let status = await program.process.exitStatus()
        return (status, await program.printed.whole())
    }

    /// The output so far, of both streams.
    var output: String { printed.text }

    /// Waits for a line with a text; `nil` if the program ended before.
    func line(containing text: String) async -> String? { await printed.line(containing: text) }

    /// Stops the program, and waits until it has ended.
    @discardableResult
    func stop(_ signal: Int32 = SIGTERM) async -> ExitStatus {
        process.send(signal)
        return await process.exitStatus()
    }
}

/// Collects the output of a pipe, and resumes the tasks that wait for a part of it.
private final class Printed: Sendable {
    private struct State {
        var text = ""
        var isAtEnd = false
        var waiting: [(text: String?, continuation: CheckedContinuation<String?, Never>)] = []
    }

    private let state = Mutex(State())

    init(reading descriptor: Int32) {
        Thread.start { [self] in
            var piece = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = read(descriptor, &piece, piece.count)
                if count < 0, errno == EINTR { continue }
                add(count > 0 ? String(decoding: piece[..<count], as: UTF8.self) : nil)
                if count <= 0 { break }
            }
            close(descriptor)
        }
    }

    var text: String { state.withLock { $0.text } }

    private func add(_ piece: String?) {
        let woken = state.withLock { state in
            if let piece { state.text += piece } else { state.isAtEnd = true }
            var woken: [(CheckedContinuation<String?, Never>, String?)] = []
            var waiting: [(text: String?, continuation: CheckedContinuation<String?, Never>)] = []
            for wanted in state.waiting {
                let found = Self.find(wanted.text, in: state)
                if found != nil || state.isAtEnd {
                    woken.append((wanted.continuation, found))
                } else {
                    waiting.append(wanted)
                }
            }
            state.waiting = waiting
            return woken
        }
        for (continuation, found) in woken { continuation.resume(returning: found) }
    }

    private static func find(_ wanted: String?, in state: State) -> String? {
        guard let wanted else { return state.isAtEnd ? state.text : nil }
        return state.text.split(separator: "\n").first { $0.contains(wanted) }.map(String.init)
    }

    func line(containing wanted: String) async -> String? { await wait(for: wanted) }

    func whole() async -> String { await wait(for: nil) ?? "" }

    private func wait(for wanted: String?) async -> String? {
        await withCheckedContinuation { continuation in
            let found: String?? = state.withLock { state in
                if let found = Self.find(wanted, in: state) { return found }
                if state.isAtEnd { return .some(nil) }
                state.waiting.append((wanted, continuation))
                return nil
            }
            if let found { continuation.resume(returning: found) }
        }
    }
}
