import Glibc
import Testing

/// The process's open descriptors.
enum Descriptors {
    /// Returns the number of open descriptors of each kind.
    static func open() -> [String: Int] {
        guard let directory = opendir("/proc/self/fd") else { return [:] }
        defer { closedir(directory) }
        var kinds: [String: Int] = [:]
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard let number = Int32(name), number != dirfd(directory) else { continue }
            var target = [CChar](repeating: 0, count: 200)
            let length = readlink("/proc/self/fd/\(name)", &target, target.count)
            // Drop the number in `socket:[1234]`, which differs every time.
            let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
            let letters = target.prefix(max(0, length)).map { UInt8(bitPattern: $0) }.filter { !digits.contains($0) }
            let kind = String(decoding: letters, as: UTF8.self)
            kinds[kind, default: 0] += 1
        }
        return kinds
    }

    /// Sets the maximum number of open descriptors.
    ///
    /// - Returns: the new limit.
    @discardableResult
    static func limit(_ wanted: Int) -> Int {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = min(rlim_t(wanted), limit.rlim_max)
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return Int(limit.rlim_cur)
    }

    /// Returns the open descriptors after a first request, which opens those that stay open, and after all others are
    /// closed.
    static func baseline() async throws -> [String: Int] {
        try await withServer(handler: Handlers.hello) { server in
            let client = try await server.connect()
            _ = try await client.exchange(Wire.request())
            client.close()
        }
        var (last, now): ([String: Int], [String: Int]) = ([:], open())
        while last != now {
            try await Task.sleep(for: .milliseconds(20))
            (last, now) = (now, open())
        }
        return now
    }

    /// Waits until the same descriptors are open as before; the server notices a moment later that a peer has closed.
    static func expect(_ before: [String: Int]) async throws {
        for _ in 0..<1_000 where open() != before { try await Task.sleep(for: .milliseconds(5)) }
        let after = open()
        #expect(after == before, "\(after) instead of \(before)")
    }
}
