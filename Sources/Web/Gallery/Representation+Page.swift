import Hummingbird

extension Representation {
    /// A page may load its own style sheet and pictures, and nothing else.
    private static let pagePolicy =
        "default-src 'none'; img-src 'self'; style-src 'self'; base-uri 'none'; form-action 'none'; "
        + "frame-ancestors 'none'"

    /// - Parameter lastModified: seconds since 1970-01-01T00:00:00Z.
    static func page(_ html: HTML, lastModified: Int64? = nil) -> Representation {
        var page = Representation(
            body: ByteBuffer(string: html.text), contentType: "text/html; charset=utf-8", lastModified: lastModified,
            cache: .live
        )
        page.securityPolicy = pagePolicy
        return page
    }
}
