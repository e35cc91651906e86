import Testing

@testable import Prometheus

@Suite struct InstrumentTests {
    @Test func `A histogram counts each observation in its bucket and all above`() {
        var distribution = Distribution(bounds: [0.1, 1])
        for value in [0.05, 0.1, 0.5, 7] { distribution.observe(value) }
        let samples = distribution.samples([.init("route", "/")])
        #expect(samples.map(\.suffix) == ["_bucket", "_bucket", "_bucket", "_sum", "_count"])
        #expect(samples.map(\.value) == [2, 3, 4, 0.05 + 0.1 + 0.5 + 7, 4])
        #expect(samples.prefix(3).map(\.labels.last?.value) == ["0.1", "1", "+Inf"])
        #expect(samples.allSatisfy { $0.labels.first == .init("route", "/") })
    }

    @Test func `A duration is observed in seconds`() {
        let histogram = Histogram(bounds: [1])
        histogram.observe(.milliseconds(250))
        #expect(histogram.samples([]).map(\.value) == [1, 1, 0.25, 1])
    }

    @Test func `A counter that many tasks change loses nothing`() async {
        let counter = Counter()
        await withTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<1_000 { counter.increment() }
                }
            }
        }
        #expect(counter.value == 8_000)
    }

    @Test func `A metric has one instrument for each combination of labels, in their order`() {
        let metric = Metric("jobs_total", help: "Jobs.", labels: ["kind", "outcome"], make: Counter.init)
        metric("b", "ok").increment()
        metric("a", "ok").increment()
        metric("a", "ok").increment()
        let samples = metric.families.flatMap(\.samples)
        #expect(samples.map(\.value) == [2, 1])
        #expect(samples.first?.labels == [.init("kind", "a"), .init("outcome", "ok")])
    }

    @Test func `A metric without labels has its value from the start`() {
        #expect(Metric("jobs_total", help: "Jobs.", make: Counter.init).families.flatMap(\.samples).map(\.value) == [0])
    }

    @Test func `Labels beyond the limit are counted together, so that nobody can fill the memory`() {
        let metric = Metric("jobs_total", help: "Jobs.", labels: ["kind"], limit: 3, make: Counter.init)
        for number in 0..<100 { metric("\(number)").increment() }
        let samples = metric.families.flatMap(\.samples)
        #expect(samples.count == 4)
        #expect(samples.last?.labels == [.init("kind", "other")])
        #expect(samples.last?.value == 97)
    }
}
