import Testing

@testable import Sandbox

@Suite struct FaultRuleTests {
    @Test(arguments: [
        ("*=timeout", FaultRule(fault: .timeout)),
        ("graph=reset", FaultRule(interface: .graph, fault: .reset)),
        (
            "graph:recent_media@3-5=429:60",
            FaultRule(
                interface: .graph, route: "recent_media", occasion: .numbers(3...5),
                fault: .status(429, retryAfter: 60))
        ),
        (
            "mastodon:timeline@2=500",
            FaultRule(interface: .mastodon, route: "timeline", occasion: .numbers(2...2), fault: .status(500))
        ),
        ("flickr@4-=huge", FaultRule(interface: .flickr, occasion: .numbers(4...Int.max), fault: .huge)),
        ("media@20%=drip", FaultRule(interface: .media, occasion: .chance(20), fault: .drip)),
        ("graph=error:190/463", FaultRule(interface: .graph, fault: .error(code: 190, subcode: 463))),
        ("graph=error:4", FaultRule(interface: .graph, fault: .error(code: 4))),
        ("*=wrong-types", FaultRule(fault: .wrongTypes)), ("*=truncate", FaultRule(fault: .truncate)),
        ("*=redirect", FaultRule(fault: .redirect)),
        ("*@10s-2m=500", FaultRule(occasion: .seconds(10...120), fault: .status(500))),
        ("*@1h-=503:5", FaultRule(occasion: .seconds(3_600...Int.max), fault: .status(503, retryAfter: 5))),
        ("*=error:4:9", FaultRule(fault: .error(code: 4, minutes: 9))),
        ("*=error:4/7:9", FaultRule(fault: .error(code: 4, subcode: 7, minutes: 9))),
        ("graph:hashtag=usage:80", FaultRule(interface: .graph, route: "hashtag", fault: .usage(percent: 80))),
        ("graph=usage:100:5", FaultRule(interface: .graph, fault: .usage(percent: 100, minutes: 5))),
    ])
    func `A rule is read`(_ text: String, _ rule: FaultRule) throws {
        #expect(try FaultRule(text) == rule)
    }

    @Test(
        arguments: [
            ("", .form("")), ("timeout", .form("timeout")), ("graph", .form("graph")), ("=timeout", .target("")),
            ("graph=", .fault("")), ("graph=slow", .fault("slow")), ("grap=timeout", .target("grap")),
            ("graph:media=timeout", .target("graph:media")), ("graph@0=timeout", .occasion("0")),
            ("graph@5-3=timeout", .occasion("5-3")), ("graph@x=timeout", .occasion("x")),
            ("graph@=timeout", .occasion("")), ("graph@101%=timeout", .occasion("101%")),
            ("graph@1-2-3=reset", .occasion("1-2-3")), ("graph@+3=reset", .occasion("+3")),
            ("graph@10s=reset", .occasion("10s")), ("graph@10s-5=reset", .occasion("10s-5")),
            ("graph@9s-5s=reset", .occasion("9s-5s")), ("graph@1d-=reset", .occasion("1d-")),
            ("*=99", .fault("99")), ("*=600", .fault("600")), ("*=429:", .fault("429:")),
            ("*=429:-1", .fault("429:-1")),
            ("*=429:soon", .fault("429:soon")), ("*=429:1:2", .fault("429:1:2")), ("*=error", .fault("error")),
            ("*=error:", .fault("error:")), ("*=error:x", .fault("error:x")), ("*=error:1/", .fault("error:1/")),
            ("*=error:1/2/3", .fault("error:1/2/3")), ("*=error:1:x", .fault("error:1:x")),
            ("*=usage:", .fault("usage:")), ("*=usage:many", .fault("usage:many")),
            ("mastodon=error:4", .graphOnly(fault: "error:4", target: "mastodon")),
            ("flickr:feed=usage:9", .graphOnly(fault: "usage:9", target: "flickr:feed")),
        ] as [(String, FaultRuleError)])
    func `What is none is refused, and the part that is wrong is named with what is allowed`(
        _ text: String, _ error: FaultRuleError
    ) {
        #expect(throws: error) { try FaultRule(text) }
        #expect(error.description.contains("'\(error.part?.text ?? text)'"))
        #expect(error.description.contains(error.allowed))
    }

    private func script(
        _ rules: [String], seed: UInt64 = 1, now: @escaping @Sendable () -> Double = { 0 }
    ) throws -> FaultScript {
        FaultScript(rules: try rules.map { try FaultRule($0) }, seed: seed, now: now)
    }

    @Test func `Requests are counted by target, and the first rule that applies counts`() throws {
        let script = try script(["graph:recent_media@2=500", "graph@2-3=503", "mastodon=reset"])
        let (media, search) = (SandboxCall(.graph, "recent_media"), SandboxCall(.graph, "ig_hashtag_search"))
        #expect(script.next(media) == nil)
        #expect(script.next(search) == .status(503), "the second of the interface")
        #expect(script.next(media) == .status(500), "the second of the route comes first in the list")
        #expect(script.next(media) == nil)
        script.replace([])
        #expect(script.next(SandboxCall(.mastodon, "timeline")) == nil)
    }

    @Test func `Time counts from when the rules are there`() throws {
        let clock = TestClock()
        let (script, feed) = (try script(["*@10s-60s=500"], now: clock.now), SandboxCall(.flickr, "feed"))
        for (seconds, fault) in [(9.9, nil), (10, .status(500)), (59.9, .status(500)), (60, nil)]
            as [(Double, SandboxFault?)]
        {
            script.replace([try FaultRule("*@10s-60s=500")])
            clock.advance(by: seconds)
            #expect(script.next(feed) == fault, "\(seconds)")
        }
    }

    @Test func `What only the Graph API has meets no other interface`() throws {
        let script = try script(["*=error:4"])
        #expect(script.next(SandboxCall(.mastodon, "timeline")) == nil)
        #expect(script.next(SandboxCall(.graph, "top_media")) == .error(code: 4))
    }

    @Test func `The same seed gives the same chances`() throws {
        func faults(_ seed: UInt64) throws -> [Bool] {
            let script = try script(["flickr@30%=reset"], seed: seed)
            return (0..<200).map { _ in script.next(SandboxCall(.flickr, "feed")) != nil }
        }
        #expect(try faults(1) == faults(1))
        #expect(try faults(1) != faults(2))
        #expect((30...90).contains(try faults(3).count { $0 }))
    }

    @Test(arguments: [
        ("/v23.0/ig_hashtag_search", "graph:ig_hashtag_search"), ("/v19.0/17/top_media", "graph:top_media"),
        ("/v23.0/17", "graph:hashtag"),
        ("/api/v1/timelines/tag/golang", "mastodon:timeline"), ("/api/v2/instance", "mastodon:instance"),
        ("/services/feeds/photos_public.gne", "flickr:feed"), ("/media/1.png", "media:file"),
    ])
    func `A path is a call`(_ path: String, _ call: String) {
        #expect(SandboxCall(path: path)?.description == call)
    }

    @Test(arguments: ["/", "/sandbox/requests", "/v23.0", "/v23.0/me"])
    func `Other paths meet no fault`(_ path: String) {
        #expect(SandboxCall(path: path) == nil)
    }
}
