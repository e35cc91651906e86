import Glibc
import TestSupport
import Testing

@testable import Launcher

@Suite("Ports")
struct PortCheckTests {
    @Test("A port is free until somebody listens there")
    func taken() throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(listener) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                #expect(bind(listener, $0, length) == 0)
                #expect(getsockname(listener, $0, &length) == 0)
            }
        }
        let port = Int(UInt16(bigEndian: address.sin_port))
        #expect(listen(listener, 1) == 0)
        let refusal = #expect(throws: LauncherError.self) { try PortCheck.check(host: "127.0.0.1", port: port) }
        #expect(
            refusal?.description
                == "cannot listen on 127.0.0.1:\(port): another program listens there; "
                + "choose another port with PORT or --port")
        #expect(throws: LauncherError.self) { try PortCheck.check(host: "*", port: port) }
    }

    @Test("A port of an IPv6 address is looked at as well", .enabled(if: Loopback.hasIPv6))
    func takenIPv6() throws {
        let listener = socket(AF_INET6, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(listener) }
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_addr = in6addr_loopback
        var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                #expect(bind(listener, $0, length) == 0)
                #expect(getsockname(listener, $0, &length) == 0)
            }
        }
        #expect(listen(listener, 1) == 0)
        let port = Int(UInt16(bigEndian: address.sin6_port))
        let refusal = #expect(throws: LauncherError.self) { try PortCheck.check(host: "[::1]", port: port) }
        #expect(refusal?.description.contains("[::1]:\(port): another program listens there") == true)
        #expect(throws: LauncherError.self) { try PortCheck.check(host: "[::]", port: port) }
        // The port is free for IPv4.
        try PortCheck.check(host: "127.0.0.1", port: port)
    }

    @Test("An address that no interface of this machine has is told", .enabled(if: Loopback.hasIPv6))
    func notOurs() {
        let refusal = #expect(throws: LauncherError.self) { try PortCheck.check(host: "[2001:db8::1]", port: 5_000) }
        #expect(refusal?.description.contains("Cannot assign requested address") == true)
    }
}
