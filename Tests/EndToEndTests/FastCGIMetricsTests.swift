import Prometheus
import Testing

@testable import FastCGI
@testable import instacrawler

@Suite struct FastCGIMetricsTests {
    @Test func `Each limit that was hit is counted under its own name`() {
        let statistics = FastCGIStatistics()
        for (times, limit) in FastCGIStatistics.Limit.allCases.enumerated() {
            for _ in 0..<times { statistics.hit(limit) }
        }
        statistics.protocolViolated()
        let registry = MetricsRegistry()
        registry.add(FastCGIMetrics(statistics: statistics))
        let lines = registry.exposition.split(separator: "\n")
        for (times, limit) in FastCGIStatistics.Limit.allCases.enumerated() {
            let line = #"instacrawler_fastcgi_limit_hits_total{limit="\#(limit.rawValue)"} \#(times)"#
            #expect(lines.contains { $0 == line }, "\(line)")
        }
        #expect(lines.contains("instacrawler_fastcgi_protocol_violations_total 1"))
    }
}
