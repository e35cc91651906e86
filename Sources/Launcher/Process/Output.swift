import Glibc

/// What a program printed.
struct Output: Sendable {
    var status: ExitStatus
    var text: String

    /// Runs a program to its end and collects what it prints on both streams.
    static func of(_ path: String, _ arguments: [String], environment: [String]) async throws(LauncherError) -> Output {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw .cannotStart(path, reason: Files.message(errno)) }
        let (readEnd, writeEnd) = (ends[0], ends[1])
        defer { close(readEnd) }
        let child: ChildProcess
        do {
            child = try await ChildProcess.start(
                ChildProcess.Command(
                    path: path, arguments: arguments, environment: environment, output: writeEnd, errors: writeEnd))
        } catch {
            close(writeEnd)
            throw error
        }
        close(writeEnd)
        let text = await withCheckedContinuation { (continuation: CheckedContinuation<String, Never>) in
            Thread.start {
                continuation.resume(returning: String(decoding: Files.readAll(readEnd) ?? [], as: UTF8.self))
            }
        }
        return Output(status: await child.exitStatus(), text: text)
    }
}
