import Glibc
import TestSupport
import Testing

@testable import FastCGI

@Suite("Unix sockets", .serialized, .timeLimit(.minutes(10)))
struct UnixListeningTests {
    private let directory = TemporaryDirectory()

    private static func open(_ path: String, mode: UInt32 = 0o660) throws -> ListeningSocket {
        try ListeningSocket.open(.unix(path: path, mode: mode), allowedPeers: nil)
    }

    private static func reason(_ path: String) -> String? {
        let error = #expect(throws: FastCGIError.self) { try open(path) }
        guard case .listen(_, let reason) = error else { return nil }
        return reason
    }

    @Test("have the permissions that were asked for", arguments: [0o600, 0o660, 0o666, 0o777, 0o000] as [UInt32])
    func mode(_ mode: UInt32) throws {
        let path = directory["s"]
        let socket = try Self.open(path, mode: mode)
        defer { socket.close() }
        #expect(SocketFile.status(of: path).map { $0.st_mode & 0o777 } == mode)
    }

    @Test("that nobody listens on are replaced")
    func stale() throws {
        let path = directory["s"]
        let first = try Self.open(path)
        Glibc.close(first.descriptor)
        let second = try Self.open(path)
        #expect(throws: Never.self) { try RawSocket(to: "unix:\(path)") }
        second.close()
        #expect(SocketFile.status(of: path) == nil)
    }

    @Test("that many find stale at the same time are taken by one")
    func race() async throws {
        for _ in 0..<100 {
            let path = directory["s"]
            Glibc.close(try Self.open(path).descriptor)
            let sockets = await withTaskGroup(of: ListeningSocket?.self) { group in
                for _ in 0..<4 { group.addTask { try? Self.open(path) } }
                return await group.reduce(into: [ListeningSocket]()) { sockets, socket in
                    if let socket { sockets.append(socket) }
                }
            }
            #expect(sockets.count == 1)
            #expect(throws: Never.self) { try RawSocket(to: "unix:\(path)") }
            for socket in sockets { socket.close() }
        }
    }

    @Test("that somebody listens on are left alone")
    func live() throws {
        let path = directory["s"]
        let first = try Self.open(path)
        defer { first.close() }
        #expect(Self.reason(path) == "another process listens there")
        #expect(throws: Never.self) { try RawSocket(to: "unix:\(path)") }
    }

    @Test("that somebody listens on whose queue is full are left alone")
    func full() throws {
        let path = directory["s"]
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        let name = try #require(sockaddr_un(path: path))
        #expect(name.withPointer { bind(descriptor, $0, $1) } == 0 && listen(descriptor, 0) == 0)
        let waiting = try RawSocket(to: "unix:\(path)")
        #expect(Self.reason(path) == "another process listens there")
        waiting.close()
    }

    @Test("do not replace a file that is no socket")
    func file() throws {
        let path = directory["s"]
        let file = try #require(fopen(path, "w"))
        fclose(file)
        #expect(Self.reason(path) == "there is a file that is not a socket")
        #expect(SocketFile.status(of: path) != nil)
    }

    @Test("do not replace a directory, nor a link to a socket")
    func otherFiles() throws {
        let path = directory["s"]
        mkdir(path, 0o700)
        #expect(Self.reason(path) == "there is a file that is not a socket")
        let (target, link) = (directory["target"], directory["link"])
        let socket = try Self.open(target)
        defer { socket.close() }
        symlink(target, link)
        #expect(Self.reason(link) == "there is a file that is not a socket")
    }

    @Test("have paths of at most 107 bytes", arguments: [107, 108, 200])
    func length(_ count: Int) throws {
        let path = directory[String(repeating: "x", count: count - directory.path.utf8.count - 1)]
        guard count > 107 else {
            try Self.open(path).close()
            return
        }
        #expect(Self.reason(path) == "the path has \(count) bytes; allowed are 1 to 107")
    }

    @Test("need a directory that is there")
    func missingDirectory() {
        #expect(Self.reason("/nonexistent/directory/s") == "No such file or directory")
    }

    @Test("that another process put in place of ours are not removed")
    func replaced() throws {
        let path = directory["s"]
        let first = try Self.open(path)
        unlink(path)
        let second = try Self.open(path)
        first.close()
        #expect(SocketFile.status(of: path) != nil)
        #expect(throws: Never.self) { try RawSocket(to: "unix:\(path)") }
        second.close()
        #expect(SocketFile.status(of: path) == nil)
    }

    @Test("of a server that cannot open all its listeners are removed")
    func partial() async throws {
        let path = directory["s"]
        let server = FastCGIServer(
            listeners: [.unix(path: path), .unix(path: "/nonexistent/directory/s")], logger: LogRecorder().logger,
            handler: Handlers.hello)
        await #expect(throws: FastCGIError.self) { try await server.run() }
        #expect(SocketFile.status(of: path) == nil)
    }
}
