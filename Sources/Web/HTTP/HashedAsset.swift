import Hummingbird

/// A file that the pages take. Its address holds a hash of its text, so that caches may keep it for good.
struct HashedAsset: Sendable {
    let path: String
    let representation: Representation

    /// - Parameters:
    ///   - name: the name of the file, before the hash.
    ///   - suffix: what the name ends with, without the dot.
    init(_ name: String, _ suffix: String, contentType: String, text: String) {
        path = "/assets/\(name)-\(EntityTag(of: text.utf8).digits).\(suffix)"
        representation = Representation(
            body: ByteBuffer(string: text), contentType: contentType, lastModified: Representation.sinceStart,
            cache: .immutable
        )
    }
}
