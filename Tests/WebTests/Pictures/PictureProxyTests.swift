import Hummingbird
import Posts
import Testing

@testable import Pictures
@testable import Web

@Suite(.timeLimit(.minutes(10))) struct PictureProxyTests {
    /// Resolves known names to this machine. `inside.example` has a public and a private address.
    static let resolver = HostResolver { host in
        switch host {
        case "pictures.example", "localhost", "2130706433": [.v4(0x7F00_0001)]
        case "inside.example": [.v4(0x0808_0808), .v4(0x0A00_0001)]
        default: []
        }
    }

    /// A proxy with modified limits of ``Upstream``.
    private func proxy(_ change: (inout PictureProxyConfiguration) -> Void = { _ in }) -> PictureProxy {
        var limits = Upstream.limits
        change(&limits)
        return PictureProxy(configuration: limits, resolver: Self.resolver)
    }

    /// Collects the written bytes; throws an error if they exceed the limit.
    private struct Collector: ResponseBodyWriter {
        final class Store: Sendable {
            let bytes = MutexBox<[UInt8]>([])
        }
        struct Full: Error {}

        let store = Store()
        var limit = Int.max

        mutating func write(_ buffer: ByteBuffer) async throws {
            let count = store.bytes.update { bytes in
                bytes += buffer.readableBytesView
                return bytes.count
            }
            if count > limit { throw Full() }
        }

        consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
    }

    @Test(
        "Passes a picture on as it is, whatever upstream calls it",
        arguments: [
            "/ok", "/chunked", "/parameters", "/mismatch", "/as?type=application/octet-stream", "/as?type=text/plain",
            "/as?type=image/x-png", "/as?type=image/svg%2Bxml", "/as?type=", "/unlabelled", "/gzip",
        ])
    func passing(_ path: String) async throws {
        try await Upstream.run { upstream in
            let picture = try await proxy().fetch(upstream.address + path)
            #expect(picture.type == .png)
            #expect(picture.length == (["/chunked", "/gzip"].contains(path) ? nil : 1000))
            let collector = Collector()
            try await picture.body.write(collector)
            #expect(collector.store.bytes.value == Upstream.png)
        }
    }

    @Test("Connects to the address that was checked, and still asks for the host by its name")
    func pinned() async throws {
        try await Upstream.run { upstream in
            let named = upstream.address.replacing("127.0.0.1", with: "pictures.example")
            let picture = try await proxy().fetch(named + "/host")
            #expect(picture.type == .png)
        }
    }

    @Test(
        "Says why a picture is not passed on",
        arguments: [
            ("/html", PictureError.notAPicture(declared: "text/html")),
            ("/svg", .notAPicture(declared: "image/svg+xml")), ("/lie", .notAPicture(declared: "image/png")),
            ("/empty", .notAPicture(declared: "image/png")), ("/missing", .status(404)), ("/expired", .status(410)),
            ("/loop", .tooManyRedirects), ("/to/302?to=http://10.0.0.1/x", .forbiddenHost("10.0.0.1")),
            ("/to/301?to=http://169.254.169.254/latest", .forbiddenHost("169.254.169.254")),
            ("/to/307?to=http://inside.example/", .forbiddenHost("inside.example")),
            ("/to/308?to=http://nowhere.example/", .unknownHost("nowhere.example")),
            ("/to/302?to=file:///etc/passwd", .badAddress), ("/to/302?to=http://127.0.0.1:99999/", .badAddress),
            ("/to/302?to=", .badAddress),
        ]
    )
    func refusal(_ path: String, _ error: PictureError) async throws {
        try await Upstream.run { upstream in
            await #expect(throws: error) { try await proxy().fetch(upstream.address + path) }
        }
    }

    @Test(
        "Takes the other address where the first gives no picture",
        arguments: ["/missing", "/to/302?to=/ok", "/html", "/empty", "/loop", "/to/302?to=http://127.0.0.1:99999/"])
    func otherAddress(_ path: String) async throws {
        try await Upstream.run { upstream in
            let media = Media(kind: .image, url: upstream.address + path, fallbackURL: upstream.address + "/chunked")
            let picture = try await proxy().fetch(media)
            // The redirect leads to a picture that is not chunked.
            #expect(picture.length == nil)
        }
    }

    @Test("Fetches a bounded number of pictures at a time, and refuses what cannot wait")
    func bounded() async throws {
        try await Upstream.run { upstream in
            let proxy = proxy {
                $0.fetchesPerHost = 2
                $0.waitingFetches = 1
            }
            let slow = (0..<3).map { _ in Task { try await proxy.fetch(upstream.address + "/slow") } }
            while proxy.fetches != (2, 1) { await Task.yield() }
            await #expect(throws: PictureError.busy) { try await proxy.fetch(upstream.address + "/ok") }
            // A busy host does not block another host.
            let named = upstream.address.replacing("127.0.0.1", with: "pictures.example")
            do {
                let other = try await proxy.fetch(named + "/host")
                #expect(other.type == .png)
            }
            // A cancelled fetch makes room for the waiting one; when all are cancelled, none is left.
            slow[0].cancel()
            while proxy.fetches.waiting != 0 { await Task.yield() }
            for task in slow { task.cancel() }
            for task in slow { await #expect(throws: PictureError.self) { _ = try await task.value } }
            while proxy.fetches.active != 0 { await Task.yield() }
        }
    }

    @Test("A reader that takes nothing loses its place to one that waits")
    func stalledReader() async throws {
        try await Upstream.run { upstream in
            let proxy = proxy {
                $0.fetchesPerHost = 1
                $0.maximumBytes = .max
            }
            let (never, end) = AsyncStream<Void>.makeStream()
            defer { end.finish() }
            let slow = Task { try await proxy.fetch(upstream.address + "/endless").body.write(Stalled(never)) }
            while proxy.fetches.active == 0 { await Task.yield() }
            let picture = try await proxy.fetch(upstream.address + "/ok")
            #expect(picture.type == .png)
            end.finish()
            await #expect(throws: PictureError.self) { try await slow.value }
        }
    }

    /// Blocks every write until the stream ends.
    private struct Stalled: ResponseBodyWriter {
        let never: AsyncStream<Void>

        init(_ never: AsyncStream<Void>) {
            self.never = never
        }

        mutating func write(_ buffer: ByteBuffer) async throws {
            for await _ in never {}
        }

        consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
    }

    @Test("Follows a redirect to a picture")
    func redirect() async throws {
        try await Upstream.run { upstream in
            let picture = try await proxy().fetch(upstream.address + "/to/302?to=/ok")
            #expect(picture.type == .png)
        }
    }

    @Test(
        "Does not reach this machine unless it may",
        arguments: ["127.0.0.1", "localhost", "2130706433", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0"]
    )
    func loopback(_ host: String) async throws {
        await #expect(throws: PictureError.self) {
            try await proxy { $0.allowLoopback = false }.fetch("http://\(host):9/x.png")
        }
    }

    @Test(
        "Even where loopback is allowed, nothing else private is",
        arguments: ["10.1.1.1", "inside.example", "[fe80::1]"])
    func onlyLoopback(_ host: String) async throws {
        let name = host.replacing("[", with: "").replacing("]", with: "")
        await #expect(throws: PictureError.forbiddenHost(name)) { try await proxy().fetch("http://\(host)/x.png") }
    }

    @Test("Refuses a picture that is declared too large")
    func declaredTooLarge() async throws {
        try await Upstream.run { upstream in
            await #expect(throws: PictureError.tooLarge(limit: 999)) {
                try await proxy { $0.maximumBytes = 999 }.fetch(upstream.address + "/ok")
            }
        }
    }

    @Test("Breaks off a picture that turns out too large")
    func streamedTooLarge() async throws {
        try await Upstream.run { upstream in
            let picture = try await proxy { $0.maximumBytes = 500_000 }
                .fetch(upstream.address + "/endless")
            let collector = Collector()
            await #expect(throws: PictureError.tooLarge(limit: 500_000)) { try await picture.body.write(collector) }
            #expect(collector.store.bytes.value.count <= 500_000)
            for await _ in upstream.readerGone { break }
        }
    }

    @Test("Does not wait for an upstream that is too slow", arguments: ["/slow", "/stalled"])
    func slow(_ path: String) async throws {
        try await Upstream.run { upstream in
            await #expect(throws: PictureError.timedOut) {
                try await proxy { $0.firstByteTimeout = .milliseconds(100) }.fetch(upstream.address + path)
            }
        }
    }

    @Test("Does not let a picture take for ever")
    func tooLong() async throws {
        try await Upstream.run { upstream in
            let impatient = proxy {
                $0.maximumBytes = .max
                $0.totalTimeout = .milliseconds(300)
            }
            await #expect(throws: PictureError.timedOut) {
                try await impatient.fetch(upstream.address + "/endless").body.write(Collector())
            }
            for await _ in upstream.readerGone { break }
        }
    }

    @Test("A picture that breaks off breaks the answer off")
    func reset() async throws {
        try await Upstream.run { upstream in
            let picture = try await proxy().fetch(upstream.address + "/reset")
            #expect(picture.length == 5000)
            await #expect(throws: PictureError.self) { try await picture.body.write(Collector()) }
        }
    }

    @Test("When the reader goes away the fetch ends")
    func readerGone() async throws {
        try await Upstream.run { upstream in
            let picture = try await proxy().fetch(upstream.address + "/endless")
            await #expect(throws: Collector.Full.self) { try await picture.body.write(Collector(limit: 100_000)) }
            for await _ in upstream.readerGone { break }
        }
    }

    @Test("When the reader's task is cancelled the fetch ends")
    func cancelled() async throws {
        try await Upstream.run { upstream in
            let task = Task { try await proxy().fetch(upstream.address + "/slow") }
            task.cancel()
            await #expect(throws: (any Error).self) { try await task.value }
        }
    }

    @Test("A picture that nobody reads is let go")
    func dropped() async throws {
        try await Upstream.run { upstream in
            _ = try await proxy().fetch(upstream.address + "/endless")
            for await _ in upstream.readerGone { break }
        }
    }

    @Test("Nothing listens there")
    func refused() async throws {
        await #expect(throws: PictureError.self) { try await proxy().fetch("http://127.0.0.1:1/x.png") }
    }

    @Test("Finds the addresses of this machine by the system's resolver")
    func systemResolver() async throws {
        let resolver = HostResolver.system()
        let deadline = ContinuousClock.now + .seconds(50)
        #expect(try await resolver.addresses(of: "localhost", before: deadline).allSatisfy(\.isLoopback))
        await #expect(throws: PictureError.unknownHost("no such host")) {
            try await resolver.addresses(of: "no such host", before: deadline)
        }
    }

    @Test("Does not wait for a name server that is silent")
    func silentNameServer() async throws {
        let (never, end) = AsyncStream<Void>.makeStream()
        defer { end.finish() }
        let resolver = HostResolver { _ in
            // Ignores cancellation, as the system's resolver does.
            await Task { for await _ in never {} }.value
            return []
        }
        let limits = PictureProxyConfiguration(firstByteTimeout: .milliseconds(50))
        await #expect(throws: PictureError.timedOut) {
            try await PictureProxy(configuration: limits, resolver: resolver).fetch("http://pictures.example/")
        }
    }
}
