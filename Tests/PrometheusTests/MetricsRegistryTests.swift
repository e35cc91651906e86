import Testing

@testable import Prometheus

@Suite struct MetricsRegistryTests {
    @Test func `Metrics are read when they are asked for, in the order of their names`() {
        let registry = MetricsRegistry()
        let counter = Counter()
        registry.add { [MetricFamily("b_total", .counter, help: "B.", value: Double(counter.value))] }
        registry.add(Metric("a_total", help: "A.", make: Counter.init))
        counter.increment()
        #expect(registry.families.map(\.name) == ["a_total", "b_total"])
        #expect(registry.exposition.contains("b_total 1\n"))
        counter.increment()
        #expect(registry.exposition.contains("b_total 2\n"))
    }

    @Test func `Of two metrics with one name the first is there`() {
        let registry = MetricsRegistry()
        for value in [1.0, 2] { registry.add { [MetricFamily("a", .gauge, help: "A.", value: value)] } }
        #expect(registry.families.flatMap(\.samples).map(\.value) == [1])
    }
}
