import NIOCore
import Posts
import ServiceLifecycleTestKit

@testable import Web

/// A client of an event stream. It closes the stream at the end of the test.
final class EventReader {
    /// One event as a browser parses it.
    struct Event: Equatable {
        var name: String?
        var id: String?
        var data: String?
        var comment = false
    }

    private var stream: EventStream

    init(
        _ broadcaster: EventBroadcaster, _ selection: EventSelection = EventSelection(), after: String? = nil,
        caption: @escaping @Sendable (Post) -> SearchText = { SearchText($0.caption) }
    ) {
        stream = EventStream(selection, after: after.flatMap { EventID($0) }, of: broadcaster, caption: caption) {
            Sample.now
        }
    }

    deinit { stream.close() }

    /// The next event; `nil` at the end of the stream.
    func next() async -> Event? {
        guard let bytes = await stream.next() else { return nil }
        var event = Event()
        for line in String(buffer: bytes).split(separator: "\n") {
            let (field, value) = (line.prefix { $0 != ":" }, line.drop { $0 != ":" }.dropFirst().trimmingSpaces())
            switch field {
            case "event": event.name = String(value)
            case "id": event.id = String(value)
            case "data": event.data = String(value)
            case "": event.comment = true
            default: break
            }
        }
        return event
    }

    /// The post ids in the next events.
    func posts(_ count: Int) async -> [String] {
        var ids: [String] = []
        while ids.count < count, let event = await next() {
            guard event.name == "post", let data = event.data else { continue }
            ids += data.pieces(between: #"{"id":"sandbox:"#, and: "\"").prefix(1)
        }
        return ids
    }
}

/// Runs a test with a running broadcaster, which shuts down gracefully at the end of the test or when it calls `stop`.
func withBroadcaster(
    _ box: GalleryBox, beat: Duration = .seconds(600),
    _ test:
        @escaping @Sendable (_ broadcaster: EventBroadcaster, _ stop: @escaping @Sendable () async -> Void)
        async throws -> Void
) async throws {
    let broadcaster = EventBroadcaster(gallery: box, beat: beat)
    try await testGracefulShutdown { trigger in
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await broadcaster.run() }
            while !broadcaster.isRunning { await Task.yield() }
            do {
                try await test(broadcaster) {
                    trigger.triggerGracefulShutdown()
                    while broadcaster.isRunning { await Task.yield() }
                }
            } catch {
                trigger.triggerGracefulShutdown()
                throw error
            }
            trigger.triggerGracefulShutdown()
            try await group.waitForAll()
        }
    }
}
