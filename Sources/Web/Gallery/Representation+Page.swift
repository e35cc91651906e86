import Hummingbird

extension Representation {
    /// A page may load its own style sheet, script, pictures and events, and nothing else; nothing inline.
    private static let pagePolicy =
        "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors "

    /// - Parameters:
    ///   - lastModified: seconds since 1970-01-01T00:00:00Z.
    ///   - frameAncestors: who may show the page in a frame.
    static func page(
        _ html: HTML, lastModified: Int64? = nil, frameAncestors: String = "'none'"
    ) -> Representation {
        var page = Representation(
            body: ByteBuffer(string: html.text), contentType: "text/html; charset=utf-8", lastModified: lastModified,
            cache: .live
        )
        page.securityPolicy = pagePolicy + frameAncestors
        return page
    }
}
