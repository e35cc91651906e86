import Testing

@testable import Prometheus

@Suite struct TextExpositionTests {
    @Test func `A metric is written with its help, its type and each value`() {
        let family = MetricFamily(
            "posts", .gauge, help: "Posts that are shown.",
            samples: [
                MetricSample(labels: [.init("hashtag", "golang"), .init("source", "sandbox")], value: 12),
                MetricSample(labels: [.init("hashtag", "gopher"), .init("source", "sandbox")], value: 0.5),
            ])
        let expected = """
            # HELP posts Posts that are shown.
            # TYPE posts gauge
            posts{hashtag="golang",source="sandbox"} 12
            posts{hashtag="gopher",source="sandbox"} 0.5

            """
        #expect(TextExposition.text([family]) == expected)
    }

    @Test func `A metric without a value is described all the same`() {
        let text = TextExposition.text([MetricFamily("posts", .gauge, help: "Posts.", samples: [])])
        #expect(text == "# HELP posts Posts.\n# TYPE posts gauge\n")
    }

    @Test func `What a label or a help text holds cannot end its line or its quotes`() {
        let family = MetricFamily(
            "x", .gauge, help: "a\\b\nc\"d",
            samples: [MetricSample(labels: [.init("l", "\"} 1\nevil 2\\")], value: 1)])
        #expect(
            TextExposition.text([family]) == """
                # HELP x a\\\\b\\nc"d
                # TYPE x gauge
                x{l="\\"} 1\\nevil 2\\\\"} 1

                """)
    }

    @Test(
        arguments: [
            (0, "0"), (-3, "-3"), (1_763_960_000, "1763960000"), (0.25, "0.25"), (.infinity, "+Inf"),
            (-.infinity, "-Inf"), (.nan, "NaN"), (1e300, "1e+300"),
        ] as [(Double, String)])
    func `Numbers are written as Prometheus reads them`(value: Double, text: String) {
        #expect(TextExposition.number(value) == text)
    }
}
