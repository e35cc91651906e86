import CLinux
import Glibc
import Synchronization
import Testing

@testable import FastCGI

@Suite("Signals beside libfcgi", .serialized, .timeLimit(.minutes(10)))
struct SignalTests {
    /// The number of handler calls in these tests.
    private static let handled = Atomic(0)

    @Test("libfcgi handles none of those that end a process", arguments: [SIGTERM, SIGUSR1])
    func leftAlone(_ number: Int32) throws {
        #expect(LibFCGIRequest.isInitialised)
        var action = sigaction()
        #expect(sigaction(number, nil, &action) == 0)
        guard let handler = action.__sigaction_handler.sa_handler else { return }
        // Other code in this process may handle the signal, but libfcgi must not.
        #expect(try !object(at: unsafeBitCast(handler, to: UInt.self)).contains("libfcgi"))
    }

    /// Returns the line of /proc/self/maps for an address; it ends with the name of the mapped file.
    private func object(at address: UInt) throws -> String {
        let maps = try #require(fopen("/proc/self/maps", "r"))
        defer { fclose(maps) }
        var line = [CChar](repeating: 0, count: 4_096)
        while fgets(&line, Int32(line.count), maps) != nil {
            let text = String(cString: line)
            let ends = text.prefix { $0 != " " }.split(separator: "-").compactMap { UInt($0, radix: 16) }
            if ends.count == 2, (ends[0]..<ends[1]).contains(address) { return text }
        }
        return ""
    }

    @Test("One that comes while libfcgi begins comes again afterwards, to whoever handled it before")
    func comesAgain() {
        let before = signal(SIGUSR2) { _ in Self.handled.add(1, ordering: .relaxed) }
        defer { signal(SIGUSR2, before) }
        // The threads of tests block all signals.
        var (mine, all) = (sigset_t(), sigset_t())
        sigaddset(&mine, SIGUSR2)
        pthread_sigmask(SIG_UNBLOCK, &mine, &all)
        defer { pthread_sigmask(SIG_SETMASK, &all, nil) }
        let result = clinux_holding_signals([SIGUSR2], 1) {
            // Like libfcgi, which installs a handler only if there is none.
            var action = sigaction()
            sigaction(SIGUSR2, nil, &action)
            let isFree = action.__sigaction_handler.sa_handler == nil
            raise(SIGUSR2)
            return isFree || Self.handled.load(ordering: .relaxed) > 0 ? 1 : 7
        }
        #expect(result == 7)
        // Any thread may handle the signal.
        while Self.handled.load(ordering: .relaxed) == 0 { sched_yield() }
        raise(SIGUSR2)
        #expect(Self.handled.load(ordering: .relaxed) == 2)
    }
}
