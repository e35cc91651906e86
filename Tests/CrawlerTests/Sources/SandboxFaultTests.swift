import Sandbox
import Testing
import Upstreams

/// Every source against every fault of the sandbox.
@Suite(.serialized) struct SandboxFaultTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var upstream: SandboxBench.Upstream
        var fault: SandboxFault
        var kind: SourceError.Kind
        var testDescription: String { "\(upstream), \(fault)" }
    }

    private static let faults: [(SandboxFault, SourceError.Kind)] = [
        (.timeout, .unreachable), (.reset, .unreachable), (.truncate, .unusableResponse), (.drip, .unreachable),
        (.wrongTypes, .unusableResponse), (.huge, .unusableResponse), (.redirect, .unusableResponse),
        (.status(429, retryAfter: 7), .rateLimited), (.status(500), .temporary), (.status(503), .temporary),
    ]

    static let cases: [Case] = SandboxBench.Upstream.allCases.flatMap { upstream in
        faults.map { Case(upstream: upstream, fault: $0.0, kind: $0.1) }
    }

    @Test(arguments: cases)
    func `A fault is the error that it should be, within the limits, and no token is told`(_ row: Case) async throws {
        var limits = UpstreamLimits()
        // Only endless responses may reach the limit, because the machine may be slow.
        if [.timeout, .drip].contains(row.fault) { limits.wholeResponse = .seconds(1) }
        let configuration = SandboxConfiguration(faults: [FaultRule(fault: row.fault)])
        try await SandboxBench.run(row.upstream, configuration) { [limits] sandbox in
            let error = await #expect(throws: SourceError.self) {
                try await sandbox.source(limits).page(of: .golang, after: nil)
            }
            #expect(error?.kind == row.kind)
            if let error { #expect(!"\(error) \(String(reflecting: error))".contains("-token")) }
            // After the fault, everything works again.
            sandbox.server.show([])
            let page = try await sandbox.source().page(of: .golang, after: nil)
            #expect(!page.posts.isEmpty)
        }
    }

    @Test(arguments: SandboxBench.Upstream.allCases)
    func `1 GB is cut off at the limit, and does not come into memory`(
        _ upstream: SandboxBench.Upstream
    ) async throws {
        let configuration = SandboxConfiguration(faults: [FaultRule(fault: .huge)])
        try await SandboxBench.run(upstream, configuration) { sandbox in
            let before = try Memory.resident()
            for _ in 1...3 {
                await #expect(
                    throws: SourceError.unusableResponse("it is larger than \(UpstreamLimits().responseBytes) bytes")
                ) {
                    try await sandbox.source().page(of: .golang, after: nil)
                }
            }
            // Far more than the limit of a response, and far less than 1 GB, because other tests run at the same time.
            #expect(try Memory.resident() - before < 400 << 20)
        }
    }

    @Test(arguments: [
        (1, nil, SourceError.Kind.temporary), (2, nil, .temporary), (4, nil, .rateLimited),
        (10, nil, .permissionMissing),
        (17, nil, .rateLimited), (18, nil, .hashtagQuotaExhausted), (24, 2_207_024, .hashtagUnknown),
        (32, nil, .rateLimited), (100, nil, .badParameter), (190, 463, .tokenInvalid), (200, nil, .permissionMissing),
        (613, nil, .rateLimited),
    ])
    func `An error of the Graph API is what its table says`(
        _ code: Int, _ subcode: Int?, _ kind: SourceError.Kind
    ) async throws {
        let rule = FaultRule(interface: .graph, route: "recent_media", fault: .error(code: code, subcode: subcode))
        try await SandboxBench.run(.graph, SandboxConfiguration(faults: [rule])) { sandbox in
            let error = await #expect(throws: SourceError.self) {
                try await sandbox.source().page(of: .golang, after: nil)
            }
            #expect(error?.kind == kind)
        }
    }

    @Test func `While calls are refused, none is made until the time that the headers name`() async throws {
        let rule = FaultRule(
            interface: .graph, route: "recent_media", occasion: .numbers(1...1), fault: .error(code: 4, minutes: 12))
        try await SandboxBench.run(.graph, SandboxConfiguration(faults: [rule])) { sandbox in
            let source = sandbox.source()
            await #expect(throws: SourceError.rateLimited(retryAfter: .seconds(720))) {
                try await source.page(of: .golang, after: nil)
            }
            let asked = sandbox.server.requestCounts
            sandbox.time.value = SandboxBench.start + 719
            await #expect(throws: SourceError.rateLimited(retryAfter: .seconds(1))) {
                try await source.page(of: .swift, after: nil)
            }
            #expect(sandbox.server.requestCounts == asked)
            sandbox.time.value = SandboxBench.start + 720
            let page = try await source.page(of: .golang, after: nil)
            #expect(!page.posts.isEmpty)
        }
    }

    @Test func `What the headers say of the allowance is known`() async throws {
        let rule = FaultRule(interface: .graph, fault: .usage(percent: 83, minutes: 5))
        try await SandboxBench.run(.graph, SandboxConfiguration(faults: [rule])) { sandbox in
            let source = sandbox.source()
            _ = try await source.page(of: .golang, after: nil)
            #expect(source.usage?.percent == 83)
        }
    }

    @Test(arguments: SandboxBench.Upstream.allCases)
    func `With every fault in random turn, what comes is right or an error`(
        _ upstream: SandboxBench.Upstream
    ) async throws {
        // Faults that end by a time limit have their own test.
        let faults = Self.faults.map(\.0).filter { ![.timeout, .drip, .huge].contains($0) }
        let rules = faults.map { FaultRule(occasion: .chance(8), fault: $0) }
        try await SandboxBench.run(upstream, SandboxConfiguration(faults: rules, seed: 7)) { sandbox in
            var (pages, errors) = (0, Set<SourceError.Kind>())
            for turn in 0..<60 {
                // Far enough apart for every wait that a fault requests.
                sandbox.time.value = SandboxBench.start + Double(turn) * 600
                do {
                    let page = try await sandbox.source().page(of: .golang, after: nil)
                    #expect(!page.posts.isEmpty)
                    pages += 1
                } catch {
                    errors.insert(try #require(error as? SourceError).kind)
                }
            }
            #expect(pages > 10)
            #expect(errors == [.unreachable, .unusableResponse, .rateLimited, .temporary])
        }
    }
}
