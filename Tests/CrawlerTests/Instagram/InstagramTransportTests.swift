import AsyncHTTPClient
import Posts
import Storage
import Synchronization
import Testing
import Upstreams

/// Redirects, responses that break off, stall or never end, and servers that cannot be reached.
@Suite struct InstagramTransportTests {
    @Test("A redirect is not followed, and what it says is not told", arguments: [301, 302, 307, 308])
    func redirect(_ status: Int) async throws {
        try await StubUpstream.serve({ target in .json("", status: status, headers: ["Location": "/elsewhere\(target)"])
        }) {
            stub in
            let error = await GraphFixture.error(GraphFixture.source(stub.address))
            #expect(error == .unusableResponse("a redirect (HTTP \(status)), which is not followed"))
            #expect(stub.targets.count == 1)
        }
    }

    @Test("A client that follows redirects after all gives no posts")
    func wrongClient() async throws {
        try await HTTPClient.withHTTPClient { client in
            try await StubUpstream.serve({ target in
                target.contains("/elsewhere")
                    ? .json(GraphFixture.found) : .json("", status: 302, headers: ["Location": "/elsewhere"])
            }) { stub in
                let source = InstagramGraphAPI(
                    baseURL: stub.address, userID: "1", accessToken: Secret(GraphFixture.token), client: client,
                    store: MemoryPostStore()
                )
                #expect(await GraphFixture.error(source) == .unusableResponse("it came after a redirect"))
            }
        }
    }

    @Test(
        "An answer that breaks off is an error",
        arguments: [
            "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"data\":[", "HTTP/1.1 200 OK\r\nContent-", "",
            "nonsense\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{\"data\":[",
        ]
    )
    func truncated(_ bytes: String) async throws {
        try await StubUpstream.serve({ _ in .raw(bytes) }) { stub in
            #expect(await GraphFixture.error(GraphFixture.source(stub.address))?.remedy == .backOff)
        }
    }

    @Test(
        "An answer that stalls is given up",
        arguments: ["", "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"data\":["]
    )
    func stalled(_ bytes: String) async throws {
        var limits = UpstreamLimits()
        limits.wholeResponse = .milliseconds(100)
        try await StubUpstream.serve({ _ in .stall(bytes) }) { [limits] stub in
            #expect(await GraphFixture.error(GraphFixture.source(stub.address, limits: limits))?.kind == .unreachable)
        }
    }

    @Test("An answer that is too large is not read")
    func tooLarge() async throws {
        var limits = UpstreamLimits()
        limits.responseBytes = 100_000
        let announced = "HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n{"
        for answer in [StubUpstream.Answer.endless, .stall(announced)] {
            try await StubUpstream.serve({ _ in answer }) { [limits] stub in
                let error = await GraphFixture.error(GraphFixture.source(stub.address, limits: limits))
                #expect(error == .unusableResponse("it is larger than 100000 bytes"))
            }
        }
    }

    @Test("A server that is not there and an address that is none are told without the query")
    func unreachable() async throws {
        let gone = Mutex("")
        try await StubUpstream.serve({ _ in .raw("") }) { stub in gone.withLock { $0 = stub.address } }
        #expect(
            await GraphFixture.error(GraphFixture.source(gone.withLock { $0 }))
                == .unreachable("nothing listens there (connection refused)")
        )
        for address in [gone.withLock { $0 }, "http://", "nonsense", "ftp://host", "http://no-such-host.invalid"] {
            let error = await GraphFixture.error(GraphFixture.source(address))
            #expect(error?.kind == .unreachable, "\(address)")
            #expect(error?.description.contains("access_token") == false)
        }
    }

    @Test("A crawl that is stopped stops the request")
    func cancelled() async throws {
        try await StubUpstream.serve({ _ in .stall("") }) { stub in
            let source = GraphFixture.source(stub.address)
            let task = Task { await GraphFixture.error(source) }
            await stub.asked(1)
            task.cancel()
            #expect(await task.value == .cancelled)
        }
    }
}
