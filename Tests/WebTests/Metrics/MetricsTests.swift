import HTTPTypes
import Logging
import Posts
import Prometheus
import Testing

@testable import Pictures
@testable import Web

@Suite struct MetricsTests {
    @Test func `Requests are counted by the pattern of their route and their status`() async throws {
        let text = try await withSite { client in
            for uri in ["/latest/0", "/latest/1", "/latest/99", "/tags/golang", "/nowhere/1", "/nowhere/2", "//"] {
                _ = try await client.get(uri)
            }
            return try await client.get("/metrics").text
        }
        #expect(text.contains("instacrawler_http_requests_total{route=\"/latest/{n}\",status=\"200\"} 2\n"))
        #expect(text.contains("instacrawler_http_requests_total{route=\"/latest/{n}\",status=\"416\"} 1\n"))
        #expect(text.contains("instacrawler_http_requests_total{route=\"/tags/{tag}\",status=\"200\"} 1\n"))
        #expect(text.contains("instacrawler_http_requests_total{route=\"unmatched\",status=\"404\"} 3\n"))
        #expect(text.contains("instacrawler_http_request_duration_seconds_count{route=\"/latest/{n}\"} 3\n"))
        #expect(!text.contains("nowhere"))
    }

    @Test func `Any method and path make no more labels than there are routes`() async throws {
        let registry = MetricsRegistry()
        try await withSite(metrics: registry) { client in
            for number in 0..<50 {
                _ = try await client.get("/\(number)", method: try #require(.init(rawValue: "M\(number)")))
                _ = try await client.get("/tags/x\(number)", method: try #require(.init(rawValue: "M\(number)")))
            }
        }
        let samples = try #require(registry.families.first { $0.name == "instacrawler_http_requests_total" }).samples
        #expect(samples.map(\.labels[0].value) == ["/tags/{tag}", "unmatched"])
        #expect(samples.map(\.value) == [50, 50])
    }

    @Test func `What is shown and how it is are told by hashtag`() async throws {
        let report = HealthReport(
            sources: [
                CrawlStatus(
                    hashtag: try Hashtag("golang"), source: "sandbox",
                    record: CrawlRecord(lastAttempt: Sample.now, lastSuccess: Sample.now - 60))
            ],
            storage: .failing("No room"),
            budgets: [
                SourceBudget(
                    source: "sandbox", usage: UsageReport(percent: 130, receivedAt: Sample.now),
                    searches: SearchBudget(limit: 30, used: 4))
            ])
        let response = try await withSite(health: report) { try await $0.get("/metrics") }
        #expect(response.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
        #expect(response.headers[.cacheControl] == "no-store")
        for line in [
            "instacrawler_posts{hashtag=\"golang\"} 4", "instacrawler_posts{hashtag=\"void\"} 0",
            "instacrawler_newest_post_timestamp_seconds{hashtag=\"golang\"} \(Sample.now - 1)",
            "instacrawler_component_healthy{component=\"crawler\"} 1",
            "instacrawler_component_healthy{component=\"storage\"} 0",
            "instacrawler_crawl_healthy{hashtag=\"golang\",source=\"sandbox\"} 1",
            "instacrawler_crawl_last_success_timestamp_seconds{hashtag=\"golang\",source=\"sandbox\"} \(Sample.now - 60)",
            "instacrawler_source_usage_ratio{source=\"sandbox\"} 1.3",
            "instacrawler_source_budget_left_ratio{source=\"sandbox\"} 0",
            "instacrawler_source_hashtags_left{source=\"sandbox\"} 26",
        ] {
            #expect(response.text.contains("\(line)\n"), "\(line)")
        }
    }

    @Test func `Open event streams are counted while they are open`() async throws {
        let box = GalleryBox(try Sample.gallery())
        try await withBroadcaster(box) { broadcaster, _ in
            @Sendable func streams() async throws -> String {
                try await withSite(box: box, events: broadcaster) { try await $0.get("/metrics").text }
            }
            let before = try await streams()
            #expect(before.contains("instacrawler_event_streams_open 0\n"))
            let reader = EventReader(broadcaster)
            _ = await reader.next()
            let meanwhile = try await streams()
            #expect(meanwhile.contains("instacrawler_event_streams_open 1\n"))
        }
    }

    @Test func `Pictures are counted by what became of them`() async throws {
        try await Upstream.run { upstream in
            let posts = ["ok", "missing", "html"].enumerated().map { number, name in
                Sample.post(number, media: [Media(kind: .image, url: "\(upstream.address)/\(name)")])
            }
            let registry = MetricsRegistry()
            let proxy = PictureProxy(configuration: Upstream.limits)
            try await withSite(try Sample.gallery(posts), pictures: proxy, metrics: registry) { client in
                for number in 0..<3 {
                    let answer = try await client.get("/media/sandbox/\(number)/0")
                    guard let tag = answer.headers[.eTag] else { continue }
                    _ = try await client.get("/media/sandbox/\(number)/0", [.ifNoneMatch: tag])
                }
            }
            let samples = try #require(registry.families.first { $0.name == "instacrawler_pictures_total" }).samples
            let outcomes = Dictionary(uniqueKeysWithValues: samples.map { ($0.labels[0].value, $0.value) })
            #expect(outcomes == ["ok": 1, "not_modified": 1, "upstream_status": 1, "unsupported_type": 1])
        }
    }

    @Test func `A request that fails is written down with its route, and without what the reader wrote`() async throws {
        let lines = MutexBox<[String]>([])
        let logger = Logger(label: "test") { _ in LineRecorder(lines: lines) }
        try await withSite(try Sample.gallery([]), logger: logger) { client in
            _ = try await client.get("/tags/golang/latest?key=secret")
            _ = try await client.get("/status?key=secret")
        }
        let failed = lines.value.filter { $0.contains("A request") }
        #expect(failed.count == 1)
        #expect(failed.first?.hasPrefix("warning: A request failed") == true)
        for part in ["route=/tags/{tag}/latest", "status=503", "method=GET", "duration=", "hb.request.id="] {
            #expect(failed.first?.contains(part) == true, "\(part)")
        }
        #expect(!lines.value.joined().contains("secret"))
    }
}

/// Records each log message as a line, except debug messages.
private struct LineRecorder: LogHandler {
    let lines: MutexBox<[String]>
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    init(lines: MutexBox<[String]>) { self.lines = lines }

    subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }.map { "\($0.key)=\($0.value)" }
        lines.update { $0.append("\(event.level): \(event.message) \(all.joined(separator: " "))") }
    }
}
