import Testing

/// Runs the body of a test in a process of its own, where an error that is thrown would end the process without a
/// word.
func recordingErrors(_ body: () async throws -> Void) async {
    do {
        try await body()
    } catch {
        Issue.record("\(error)")
    }
}
