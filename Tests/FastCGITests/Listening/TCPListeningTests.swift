import Glibc
import TestSupport
import Testing

@testable import FastCGI

@Suite("TCP and inherited sockets", .serialized, .timeLimit(.minutes(10)))
struct TCPListeningTests {
    private let directory = TemporaryDirectory()

    private static func open(_ host: String, _ port: Int = 0, allowed: Set<String>? = nil) throws -> ListeningSocket {
        try ListeningSocket.open(.tcp(host: host, port: port), allowedPeers: allowed)
    }

    @Test("take the port that is free when asked for port 0", arguments: ["127.0.0.1", "localhost", "::1"])
    func anyPort(_ host: String) throws {
        let socket = try Self.open(host)
        defer { socket.close() }
        guard case .tcp(let named, let port) = try FastCGIListener(parsing: socket.address) else {
            Issue.record("\(socket.address)")
            return
        }
        #expect(named == host)
        #expect(port > 0)
        #expect(throws: Never.self) { try RawSocket(to: socket.address) }
    }

    @Test("do not share a port that is taken", arguments: ["127.0.0.1", "::1"])
    func taken(_ host: String) throws {
        let socket = try Self.open(host)
        defer { socket.close() }
        guard case .tcp(_, let port) = try FastCGIListener(parsing: socket.address) else { return }
        let error = #expect(throws: FastCGIError.self) { try Self.open(host, port) }
        #expect(error == .listen(address: socket.address, reason: "Address already in use"))
    }

    @Test("need a host that is known")
    func unknownHost() {
        let error = #expect(throws: FastCGIError.self) { try Self.open("no.such.host.invalid") }
        #expect(error?.description.hasPrefix("cannot listen on tcp:no.such.host.invalid:0: ") == true)
    }

    @Test("serve IPv6")
    func version6() async throws {
        let server = try await TestServer(.tcp(host: "::1", port: 0), handler: Handlers.hello)
        let client = try await server.connect()
        #expect(try await client.exchange(Wire.request()).output == Handlers.helloBytes)
        try await server.stop()
    }

    static let peers: [(String, String, Set<String>?, Bool)] = [
        ("127.0.0.1", "127.0.0.1", nil, true),
        ("127.0.0.1", "127.0.0.1", ["127.0.0.1"], true),
        ("127.0.0.1", "127.0.0.1", ["10.0.0.1", "127.0.0.1"], true),
        ("127.0.0.1", "127.0.0.1", ["10.0.0.1"], false),
        ("127.0.0.1", "127.0.0.1", [], false),
        ("::1", "::1", ["::1"], true),
        ("::1", "::1", ["127.0.0.1"], false),
        ("::", "127.0.0.1", ["127.0.0.1"], true),
        ("::", "127.0.0.1", ["::1"], false),
    ]

    @Test("let in the peers that are listed", arguments: 0..<peers.count)
    func allowed(_ row: Int) throws {
        let (host, peer, allowed, isAllowed) = Self.peers[row]
        let socket = try Self.open(host, allowed: allowed)
        defer { socket.close() }
        guard case .tcp(_, let port) = try FastCGIListener(parsing: socket.address) else { return }
        let client = try RawSocket(to: "\(FastCGIListener.tcp(host: peer, port: port))")
        defer { client.close() }
        switch socket.accept() {
        case .connection(let descriptor):
            #expect(isAllowed)
            close(descriptor)
        case .refused(let address):
            #expect(!isAllowed)
            #expect(address == peer)
        case .none, .failed:
            Issue.record("nobody was accepted")
        }
        guard case .none = socket.accept() else {
            Issue.record("somebody else was accepted")
            return
        }
    }

    @Test("that were inherited are served, and left without a file to remove")
    func inherited() async throws {
        let path = directory["s"]
        let (descriptor, _) = try UnixSocket.listen(path: path, mode: 0o600, backlog: 16)
        let server = try await TestServer(.descriptor(descriptor), handler: Handlers.hello)
        #expect(server.address == "fd:\(descriptor)")
        let client = try await RawClient(to: "unix:\(path)")
        #expect(try await client.exchange(Wire.request()).output == Handlers.helloBytes)
        try await server.stop()
        #expect(SocketFile.status(of: path) != nil)
    }

    @Test("that were inherited must listen")
    func notListening() throws {
        let unconnected = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(unconnected) }
        for descriptor in [unconnected, 9_999] {
            let error = #expect(throws: FastCGIError.self) {
                try ListeningSocket.open(.descriptor(descriptor), allowedPeers: nil)
            }
            #expect(error?.description == "cannot listen on fd:\(descriptor): it is not a listening socket")
        }
    }

    @Test("are found where systemd and spawn-fcgi put them")
    func found() throws {
        #expect(InheritedSocket.find { _ in nil } == [], "standard input is no socket here")
        let others = ["LISTEN_PID": "1", "LISTEN_FDS": "1"]
        #expect(InheritedSocket.find { others[$0] } == [])
        let many = ["LISTEN_PID": "\(getpid())", "LISTEN_FDS": "65"]
        #expect(InheritedSocket.find { many[$0] } == [])
    }

    @Test("may be shared by servers")
    func shared() async throws {
        let path = directory["s"]
        let (descriptor, file) = try UnixSocket.listen(path: path, mode: 0o600, backlog: 128)
        defer { file?.remove() }
        let servers = [
            try await TestServer(.descriptor(descriptor), handler: Handlers.hello),
            try await TestServer(.descriptor(dup(descriptor)), handler: Handlers.hello),
        ]
        for _ in 0..<50 {
            let client = try await RawClient(to: "unix:\(path)")
            #expect(try await client.exchange(Wire.request(keep: false)).output == Handlers.helloBytes)
        }
        #expect(servers.reduce(0) { $0 + $1.statistics.requestsStarted } == 50)
        for server in servers { try await server.stop() }
    }
}
