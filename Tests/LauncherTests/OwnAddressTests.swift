import Testing

@testable import Launcher

@Suite struct OwnAddressTests {
    // Documentation addresses belong to no machine (RFC 5737 and RFC 3849), and neither do names in .invalid.
    @Test(arguments: [
        ("127.0.0.1", true), ("127.0.0.2", true), ("localhost", true), ("192.0.2.1", false), ("[2001:db8::1]", false),
        ("responder.invalid", false),
    ])
    func `A host is this machine when it has one of its addresses`(_ host: String, _ isOwn: Bool) {
        #expect(OwnAddress.isOwn(host) == isOwn)
    }
}
