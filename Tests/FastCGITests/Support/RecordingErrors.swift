import Testing

/// Runs the body of a test in its own process. There, a thrown error would end the process without a message.
func recordingErrors(_ body: () async throws -> Void) async {
    do {
        try await body()
    } catch {
        Issue.record("\(error)")
    }
}
