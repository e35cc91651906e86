import FastCGI
import Glibc
import TestSupport

/// Sends mutated streams to a server; half of them are cut off.
struct Fuzzer {
    /// Set by the environment variable FASTCGI_FUZZ_SEED.
    let seed: UInt64
    /// The minimum duration in seconds, set by FASTCGI_FUZZ_SECONDS.
    let seconds: Int
    /// The minimum number of streams, set by FASTCGI_FUZZ_STREAMS.
    let streams: Int

    init(streams: Int) {
        seed = environmentVariable("FASTCGI_FUZZ_SEED").flatMap { UInt64($0) } ?? 20_260_101
        seconds = environmentVariable("FASTCGI_FUZZ_SECONDS").flatMap { Int($0) } ?? 0
        self.streams = environmentVariable("FASTCGI_FUZZ_STREAMS").flatMap { Int($0) } ?? streams
    }

    /// Sends the streams from several threads, one at a time on each.
    ///
    /// - Returns: the number of streams sent.
    func run(against address: String, threads: Int = 4) async throws -> Int {
        let corpus = try Corpus.load()
        let end = ContinuousClock.now + .seconds(seconds)
        return try await withThrowingTaskGroup(of: Int.self) { group in
            for thread in 0..<threads {
                group.addTask {
                    try await blocking {
                        var generator = SeededGenerator(seed: seed &+ UInt64(thread))
                        var sent = 0
                        while sent < (streams + threads - 1) / threads || ContinuousClock.now < end {
                            try Self.send(corpus, to: address, &generator)
                            sent += 1
                        }
                        return sent
                    }
                }
            }
            return try await group.reduce(0, +)
        }
    }

    private static func send(_ corpus: [[UInt8]], to address: String, _ generator: inout SeededGenerator) throws {
        var bytes = try Mutator.mutated(corpus, &generator)
        let isCutOff = Bool.random(using: &generator)
        if isCutOff, !bytes.isEmpty { bytes = Array(bytes.prefix(Int.random(in: 0..<bytes.count, using: &generator))) }
        let socket = try RawSocket(to: address)
        defer { Bool.random(using: &generator) ? socket.close() : socket.reset() }
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = rest.prefix(Int.random(in: 1...max(1, bytes.count), using: &generator))
            rest = rest.dropFirst(piece.count)
            // The server may have closed the connection for a good reason.
            guard (try? socket.send(piece)) != nil else { return }
        }
        guard !isCutOff else { return }
        socket.finishSending()
        while let more = try? socket.receive(), !more.isEmpty {}
    }
}
