import Hummingbird

/// The mark of the service: a hash sign inside a picture frame.
enum Favicon {
    static let path = "/favicon.svg"

    static let representation = Representation(
        body: ByteBuffer(string: document), contentType: "image/svg+xml", lastModified: Representation.sinceStart,
        cache: .day
    )

    /// The mark inside a page, in the colour of the text around it.
    static let mark: HTML = #"""
        <svg class="mark" viewBox="0 0 32 32" width="32" height="32" aria-hidden="true" focusable="false"><rect x="2.5" y="2.5" width="27" height="27" rx="8" fill="none" stroke="currentColor" stroke-width="2.5"/><path d="M13.5 9l-2 14M20.5 9l-2 14M9.5 13.5h14M8.5 18.5h14" fill="none" stroke="currentColor" stroke-width="2.5" stroke-linecap="round"/></svg>
        """#

    private static let document = #"""
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
        <rect width="32" height="32" rx="9" fill="#a8325a"/>
        <path d="M13.5 8l-2 16M20.5 8l-2 16M8.5 13.2h16M7.5 18.8h16" fill="none" stroke="#fff" stroke-width="2.6" stroke-linecap="round"/>
        </svg>

        """#
}
