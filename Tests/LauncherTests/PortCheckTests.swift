import Glibc
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
}
