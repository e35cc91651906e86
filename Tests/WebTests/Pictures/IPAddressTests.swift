import Testing

@testable import Pictures
@testable import Web

@Suite struct IPAddressTests {
    @Test(
        "Refuses what is not public",
        arguments: [
            "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255", "127.0.0.1",
            "127.255.255.254", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1",
            "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1",
            "239.255.255.255", "240.0.0.1", "255.255.255.255",
            "::", "::1", "::ffff:8.8.8.8", "::ffff:127.0.0.1", "::8.8.8.8", "64:ff9b::808:808", "64:ff9b:1::1",
            "100::1", "2001::1", "2001:0:4136:e378::1", "2001:20::1", "2001:db8::1", "2002:7f00:1::", "3fff::1",
            "fc00::1", "fd12:3456::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "4000::1",
        ]
    )
    func special(_ text: String) throws {
        #expect(try !#require(IPAddress(text)).isPublic)
    }

    @Test(
        "Lets the public internet pass",
        arguments: [
            "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.1", "100.63.255.255", "100.128.0.1", "126.0.0.1",
            "128.0.0.1",
            "169.253.0.1", "172.15.0.1", "172.32.0.1", "192.0.1.1", "192.167.0.1", "198.17.0.1", "198.20.0.1",
            "223.255.255.255", "2606:4700::1111", "2a03:2880:f12f:83:face:b00c:0:25de", "2001:4860:4860::8888",
            "2400:cb00::1",
        ]
    )
    func open(_ text: String) throws {
        #expect(try #require(IPAddress(text)).isPublic)
    }

    @Test(
        "Knows its own machine",
        arguments: [("127.0.0.1", true), ("127.9.9.9", true), ("::1", true), ("::2", false), ("10.0.0.1", false)])
    func loopback(_ text: String, _ isLoopback: Bool) throws {
        #expect(try #require(IPAddress(text)).isLoopback == isLoopback)
    }

    @Test(
        "Reads no other spelling",
        arguments: [
            "", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.0x4", "1.2.3.+4", "2130706433", "0x7f000001",
            "1..2.3", "1:2:3", ":::", "1::2::3", "12345::", "g::", "::1.2.3", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::",
            "example.com", "１.1.1.1",
        ]
    )
    func nonsense(_ text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test(
        "Writes itself so that it is read again",
        arguments: [
            ("127.0.0.1", "127.0.0.1"), ("::1", "0:0:0:0:0:0:0:1"),
            ("2001:DB8::ab:1.2.3.4", "2001:db8:0:0:0:ab:102:304"),
        ]
    )
    func description(_ text: String, _ written: String) throws {
        let address = try #require(IPAddress(text))
        #expect(address.description == written)
        #expect(IPAddress(written) == address)
    }
}
