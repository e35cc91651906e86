import CLinux
import Glibc
import Synchronization

/// A child process in its own process group, which ends when this process ends.
///
/// A dedicated thread starts it and waits for it. The thread lives as long as the child, because the kernel signals
/// the child when the thread that started it ends.
package final class ChildProcess: Sendable {
    private enum State {
        case running(waiting: [CheckedContinuation<ExitStatus, Never>])
        case ended(ExitStatus)
    }

    /// The process ID, which is also the ID of the process group.
    package let id: Int32
    private let state = Mutex(State.running(waiting: []))

    private init(id: Int32) {
        self.id = id
    }

    /// A program to start.
    struct Command: Sendable {
        var path: String
        var arguments: [String]
        var environment: [String]
        var output: Int32 = 1
        var errors: Int32 = 2
        /// The signal that the child gets when this process ends.
        var deathSignal: Int32 = SIGTERM
        /// Whether to reap orphans that the system reparents to this process, as process 1 must. This also takes the
        /// status of every other child, so there must be none.
        var reapsOrphans = false
    }

    static func start(_ command: Command) async throws(LauncherError) -> ChildProcess {
        let started: Result<ChildProcess, LauncherError> = await withCheckedContinuation { continuation in
            Thread.start {
                do throws(LauncherError) {
                    let child = ChildProcess(id: try spawn(command))
                    continuation.resume(returning: .success(child))
                    child.wait(reapsOrphans: command.reapsOrphans)
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return try started.get()
    }

    private static func spawn(_ command: Command) throws(LauncherError) -> Int32 {
        if command.reapsOrphans { _ = clinux_become_subreaper() }
        let id = withCStrings([command.path] + command.arguments) { arguments in
            withCStrings(command.environment) { environment in
                command.path.withCString { path in
                    var child = clinux_child(
                        path: path, arguments: arguments, environment: environment, output: command.output,
                        errors: command.errors, death_signal: command.deathSignal)
                    return clinux_spawn(&child)
                }
            }
        }
        guard id > 0 else { throw .cannotStart(command.path, reason: Files.message(errno)) }
        return id
    }

    private static func withCStrings<Result>(
        _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        var pointers: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) }
        defer { for pointer in pointers { free(pointer) } }
        pointers.append(nil)
        return pointers.withUnsafeBufferPointer { buffer in
            // The array contains a terminator, so it is never empty.
            withUnsafePointer(to: nil as UnsafeMutablePointer<CChar>?) { body(buffer.baseAddress ?? $0) }
        }
    }

    /// Waits for the child to end, and reaps orphans in the meantime.
    private func wait(reapsOrphans: Bool) {
        while true {
            var status: Int32 = 0
            let ended = waitpid(reapsOrphans ? -1 : id, &status, 0)
            if ended < 0, errno != EINTR { break }
            if ended == id { end(ExitStatus(waitStatus: status)) }
            if ended == id, !reapsOrphans { return }
        }
        end(.unknown)
    }

    private func end(_ status: ExitStatus) {
        let waiting = state.withLock { state -> [CheckedContinuation<ExitStatus, Never>] in
            guard case .running(let waiting) = state else { return [] }
            state = .ended(status)
            return waiting
        }
        for continuation in waiting { continuation.resume(returning: status) }
    }

    /// Waits until the child has ended.
    package func exitStatus() async -> ExitStatus {
        await withCheckedContinuation { continuation in
            let status = state.withLock { state -> ExitStatus? in
                switch state {
                case .ended(let status):
                    return status
                case .running(let waiting):
                    state = .running(waiting: waiting + [continuation])
                    return nil
                }
            }
            if let status { continuation.resume(returning: status) }
        }
    }

    /// Sends a signal to the child, unless it has ended.
    package func send(_ signal: Int32) {
        state.withLock { if case .running = $0 { kill(id, signal) } }
    }

    /// Sends a signal to the remaining processes of the child's group.
    package func sendToGroup(_ signal: Int32) {
        kill(-id, signal)
    }
}

/// The way in which a process ended.
package enum ExitStatus: Sendable, Equatable, CustomStringConvertible {
    /// It exited with a code, 0...255.
    case exited(Int32)
    /// A signal ended it.
    case signalled(Int32)
    /// Other code in this process waited for it, so the status is lost.
    case unknown

    /// Parses a status of waitpid(2).
    init(waitStatus: Int32) {
        let signal = waitStatus & 0x7F
        self = signal == 0 ? .exited(waitStatus >> 8 & 0xFF) : .signalled(signal)
    }

    /// For example `exit code 1` or `signal 9 (Killed)`.
    package var description: String {
        switch self {
        case .exited(let code): "exit code \(code)"
        case .unknown: "status unknown"
        case .signalled(let number): "signal \(number) (\(String(cString: strsignal(number))))"
        }
    }
}

/// Finds programs.
enum SearchPath {
    /// Directories where nginx is often installed, and which are often missing from an ordinary user's `PATH`.
    private static let more = ["/usr/sbin", "/usr/local/sbin"]

    /// Returns the path of a program: the name itself if it contains a `/`, otherwise the first match in `PATH`.
    static func find(_ name: String, path: String?) throws(LauncherError) -> String {
        if name.contains("/") {
            guard access(name, X_OK) == 0 else { throw .cannotStart(name, reason: Files.message(errno)) }
            return name
        }
        let directories = (path ?? "/usr/bin:/bin").split(separator: ":").map(String.init) + more
        for directory in directories where access("\(directory)/\(name)", X_OK) == 0 {
            return "\(directory)/\(name)"
        }
        throw .programNotFound(name)
    }
}

/// A thread for work that blocks.
enum Thread {
    private final class Work {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// Runs `body` on a new thread.
    static func start(_ body: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        let work = Unmanaged.passRetained(Work(body))
        let code = pthread_create(
            &thread, nil,
            { pointer in
                if let pointer { Unmanaged<Work>.fromOpaque(pointer).takeRetainedValue().body() }
                return nil
            }, work.toOpaque())
        guard code == 0 else {
            // No thread can be created, so run it here, although it blocks.
            work.takeRetainedValue().body()
            return
        }
        pthread_detach(thread)
    }
}
