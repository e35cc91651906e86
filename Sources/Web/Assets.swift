import Hummingbird

/// A static file that pages load. Its address contains a hash of its content, so that caches may keep it forever.
struct HashedAsset: Sendable {
    let path: String
    let representation: Representation

    /// - Parameters:
    ///   - name: the file name without the hash and the extension.
    ///   - suffix: the extension, without the dot.
    init(_ name: String, _ suffix: String, contentType: String, content: [UInt8]) {
        path = "/assets/\(name)-\(EntityTag(of: content).digits).\(suffix)"
        representation = Representation(
            body: ByteBuffer(bytes: content), contentType: contentType, lastModified: Representation.sinceStart,
            cache: .immutable
        )
    }
}

extension HashedAsset {
    /// The style of all pages. It has its own address, so the pages need no inline style.
    static let galleryStyle = HashedAsset(
        "gallery", "css", contentType: "text/css; charset=utf-8", content: PackageResources.gallery_css)

    /// The style of embeds.
    static let embedStyle = HashedAsset(
        "embed", "css", contentType: "text/css; charset=utf-8", content: PackageResources.embed_css)

    /// The only script: adds new pictures to a page when they are found, and keeps the relative times current.
    ///
    /// Pages work without it. If the visitor has scrolled down, it offers the new pictures instead of moving the page.
    /// The server sends escaped cards, and the script parses them in a separate document, in which nothing runs.
    static let liveScript = HashedAsset(
        "live", "js", contentType: "text/javascript; charset=utf-8", content: PackageResources.live_js)
}
