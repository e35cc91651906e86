/// What went wrong with TLS, in words for a person: BoringSSL tells places in its own source.
enum TLSFailure {
    /// - Parameter description: what an error says of itself.
    /// - Returns: nil when it is not one of BoringSSL's.
    static func words(_ description: String) -> String? {
        guard let start = description.firstRange(of: "OPENSSL_internal:")?.upperBound else { return nil }
        let reason = description[start...].prefix { $0 == "_" || $0.isASCII && ($0.isUppercase || $0.isNumber) }
        switch reason {
        case "CERTIFICATE_VERIFY_FAILED": return "its certificate is not valid, or its authority is not known here"
        case "WRONG_VERSION_NUMBER": return "it does not speak TLS at that port"
        default: return "TLS failed: \(reason)"
        }
    }
}
