import NIOHTTP1
import Posts
import Testing

@testable import Upstreams

@Suite struct UsageReportTests {
    private func report(_ fields: [(String, String)]) -> UsageReport? {
        UsageReport(graph: { HTTPHeaders(fields)[$0] }, now: 1_000)
    }

    @Test("The worst figure of the app's usage counts")
    func app() {
        let report = report([("x-app-usage", #"{"call_count":28,"total_time":25,"total_cputime":31}"#)])
        #expect(report == UsageReport(percent: 31, receivedAt: 1_000))
    }

    @Test("The worst figure and the longest wait of all accounts count")
    func account() {
        let report = report([
            ("X-App-Usage", #"{"call_count":80,"total_time":1,"total_cputime":1}"#),
            (
                "X-Business-Use-Case-Usage",
                """
                {"1784":[{"type":"instagram","call_count":100,"total_cputime":25,"total_time":25,\
                "estimated_time_to_regain_access":12}],"1785":[{"type":"pages","call_count":3,"total_cputime":1,\
                "total_time":1,"estimated_time_to_regain_access":0}]}
                """
            ),
        ])
        #expect(report == UsageReport(percent: 100, regain: .seconds(720), receivedAt: 1_000))
    }

    @Test(
        "What cannot be understood is no report",
        arguments: ["", "{}", "[]", "null", "x", #"{"call_count":"many"}"#, #"{"1784":[]}"#, #"{"1784":[7]}"#]
    )
    func nonsense(_ text: String) {
        #expect(report([("X-App-Usage", text), ("X-Business-Use-Case-Usage", text)]) == nil)
        #expect(report([]) == nil)
    }

    @Test("A wait beyond reason does not overflow")
    func absurd() {
        let text = #"{"1":[{"call_count":100,"estimated_time_to_regain_access":9223372036854775807}]}"#
        #expect(report([("X-Business-Use-Case-Usage", text)])?.regain == .seconds(86_400))
    }

    @Test("From 75 percent on the source is busy, for an hour")
    func busy() {
        #expect(!UsageReport(percent: 74, receivedAt: 0).isBusy(at: 10))
        #expect(UsageReport(percent: 75, receivedAt: 0).isBusy(at: 3_599))
        #expect(!UsageReport(percent: 75, receivedAt: 0).isBusy(at: 3_600))
    }

    @Test("From 100 percent on there is a wait, until access is regained")
    func exhausted() {
        let report = UsageReport(percent: 100, regain: .seconds(60), receivedAt: 1_000)
        #expect(report.wait(at: 1_010) == .seconds(50))
        #expect(report.wait(at: 1_060) == nil)
        #expect(report.wait(at: 900) == .seconds(60))
        #expect(UsageReport(percent: 120, receivedAt: 1_000).wait(at: 1_000) == .seconds(300))
        #expect(UsageReport(percent: 99, regain: .seconds(60), receivedAt: 1_000).wait(at: 1_000) == nil)
    }
}
