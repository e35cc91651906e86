import Glibc
import Testing

@testable import Prometheus

@Suite struct ProcessMetricsTests {
    private func value(_ name: String) throws -> Double {
        let family = try #require(ProcessMetrics().families.first { $0.name == name }, "\(name)")
        return try #require(family.samples.first).value
    }

    @Test func `The process says what it uses`() throws {
        #expect(try value("process_resident_memory_bytes") > 1_048_576)
        #expect(try value("process_virtual_memory_bytes") >= value("process_resident_memory_bytes"))
        #expect(try value("process_threads") >= 1)
        #expect(try value("process_open_fds") >= 3)
        #expect(try value("process_max_fds") >= value("process_open_fds"))
        #expect(try value("process_cpu_seconds_total") >= 0)
        let age = Double(time(nil)) - (try value("process_start_time_seconds"))
        #expect((-5...7_200).contains(age), "started \(age) s ago")
    }

    @Test func `The name of the program may hold spaces and parentheses`() throws {
        let fields = (3...52).map(String.init).joined(separator: " ")
        let statistics = try #require(ProcessMetrics.Statistics("1 (a) b (c) \(fields)\n"))
        // Field n of the documentation holds n.
        #expect(statistics.cpuTicks == 14 + 15)
        #expect(statistics.threads == 20)
        #expect(statistics.startTicks == 22)
        #expect(statistics.virtualBytes == 23)
        #expect(statistics.residentPages == 24)
    }

    @Test(arguments: ["", "1 (a", "1 (a) S 2 3"]) func `What is no such line gives nothing`(text: String) {
        #expect(ProcessMetrics.Statistics(text) == nil)
    }
}
