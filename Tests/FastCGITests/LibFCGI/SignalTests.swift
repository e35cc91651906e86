import CLinux
import Glibc
import Synchronization
import Testing

@testable import FastCGI

@Suite("Signals beside libfcgi", .serialized, .timeLimit(.minutes(10)))
struct SignalTests {
    /// How often each handler of these tests ran.
    private static let handled = Atomic(0)

    @Test("libfcgi handles none of those that end a process", arguments: [SIGTERM, SIGUSR1])
    func leftAlone(_ number: Int32) throws {
        #expect(LibFCGIRequest.isInitialised)
        var action = sigaction()
        #expect(sigaction(number, nil, &action) == 0)
        guard let handler = action.__sigaction_handler.sa_handler else { return }
        // Whatever else in this process handles it is none of its code.
        #expect(try !object(at: unsafeBitCast(handler, to: UInt.self)).contains("libfcgi"))
    }

    /// The line of /proc/self/maps that an address lies in; it ends with the file that is mapped there.
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
        // Threads of tests handle none.
        var (mine, all) = (sigset_t(), sigset_t())
        sigaddset(&mine, SIGUSR2)
        pthread_sigmask(SIG_UNBLOCK, &mine, &all)
        defer { pthread_sigmask(SIG_SETMASK, &all, nil) }
        let result = clinux_holding_signals([SIGUSR2], 1) {
            // As libfcgi does: where nobody handles a signal yet, it would.
            var action = sigaction()
            sigaction(SIGUSR2, nil, &action)
            let isFree = action.__sigaction_handler.sa_handler == nil
            raise(SIGUSR2)
            return isFree || Self.handled.load(ordering: .relaxed) > 0 ? 1 : 7
        }
        #expect(result == 7)
        // Any thread may be the one that handles it.
        while Self.handled.load(ordering: .relaxed) == 0 { sched_yield() }
        raise(SIGUSR2)
        #expect(Self.handled.load(ordering: .relaxed) == 2)
    }
}
