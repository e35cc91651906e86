import Testing

@testable import Upstreams

@Suite struct TLSFailureTests {
    /// A failed handshake in NIOSSL's words.
    private func handshake(_ reason: String) -> String {
        "handshakeFailed(NIOSSL.BoringSSLError.sslError([Error: 268435581 error:1000007d:SSL routines:"
            + "OPENSSL_internal:\(reason) at /source/handshake.cc:320]))"
    }

    @Test(arguments: [
        ("CERTIFICATE_VERIFY_FAILED", "its certificate is not valid, or its authority is not known here"),
        ("WRONG_VERSION_NUMBER", "it does not speak TLS at that port"),
        ("TLSV1_ALERT_PROTOCOL_VERSION", "TLS failed: TLSV1_ALERT_PROTOCOL_VERSION"),
    ])
    func `A handshake that fails is told without places in a source`(_ reason: String, _ words: String) {
        #expect(TLSFailure.words(handshake(reason)) == words)
    }

    @Test func `Other errors are told as they are`() {
        #expect(TLSFailure.words("ioOnClosedChannel") == nil)
    }
}
