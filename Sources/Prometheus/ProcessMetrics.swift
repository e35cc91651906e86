import FoundationEssentials
import Glibc

/// The system's data about this process, under the names that all Prometheus clients use.
package struct ProcessMetrics: MetricSource {
    private let startTime: Double

    /// Reads the start time of the process.
    package init() {
        startTime = Self.bootTime + (Self.statistics?.startTicks ?? 0) / Self.ticksPerSecond
    }

    /// The available metrics; most are missing if there is no `/proc`.
    package var families: [MetricFamily] {
        var families = [
            MetricFamily(
                "process_start_time_seconds", .gauge,
                help: "When the process started, in seconds since 1970-01-01T00:00:00Z.", value: startTime)
        ]
        if let statistics = Self.statistics {
            families += [
                MetricFamily(
                    "process_cpu_seconds_total", .counter, help: "Processor time that the process has used.",
                    value: statistics.cpuTicks / Self.ticksPerSecond),
                MetricFamily(
                    "process_resident_memory_bytes", .gauge, help: "Memory of the process that is in RAM.",
                    value: statistics.residentPages * Double(sysconf(Int32(_SC_PAGESIZE)))),
                MetricFamily(
                    "process_virtual_memory_bytes", .gauge, help: "Address space of the process.",
                    value: statistics.virtualBytes),
                MetricFamily(
                    "process_threads", .gauge, help: "Threads of the process.", value: statistics.threads),
            ]
        }
        if let open = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count {
            families.append(
                MetricFamily("process_open_fds", .gauge, help: "Open file descriptors.", value: Double(open)))
        }
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            families.append(
                MetricFamily(
                    "process_max_fds", .gauge, help: "How many file descriptors may be open.",
                    value: Double(limit.rlim_cur)))
        }
        return families
    }

    /// The fields of `/proc/self/stat` (proc(5)) that the metrics use.
    struct Statistics: Equatable {
        var cpuTicks: Double
        var threads: Double
        var startTicks: Double
        var virtualBytes: Double
        var residentPages: Double

        /// Parses the file. The second field, the program's name, may contain spaces and parentheses, so the other
        /// fields start after the last parenthesis.
        init?(_ text: String) {
            guard let end = text.lastIndex(of: ")") else { return nil }
            let fields = text[text.index(after: end)...].split { $0 == " " || $0 == "\n" }.map { Double($0) ?? 0 }
            // The first of these is field 3 in proc(5).
            guard fields.count > 21 else { return nil }
            cpuTicks = fields[11] + fields[12]
            threads = fields[17]
            startTicks = fields[19]
            virtualBytes = fields[20]
            residentPages = fields[21]
        }
    }

    private static var statistics: Statistics? { read("/proc/self/stat").flatMap(Statistics.init) }

    private static var bootTime: Double {
        let line = read("/proc/stat")?.split(separator: "\n").first { $0.hasPrefix("btime ") }
        return line.flatMap { Double($0.dropFirst("btime ".count)) } ?? 0
    }

    private static var ticksPerSecond: Double { max(1, Double(sysconf(Int32(_SC_CLK_TCK)))) }

    private static func read(_ path: String) -> String? {
        (try? Data(contentsOf: URL(filePath: path))).map { String(decoding: $0, as: UTF8.self) }
    }
}
