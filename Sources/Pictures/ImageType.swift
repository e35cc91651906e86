/// The picture formats that the proxy delivers: raster formats only, because they cannot contain scripts.
package enum ImageType: String, Sendable, CaseIterable {
    /// JPEG (ITU-T T.81).
    case jpeg
    /// Portable Network Graphics.
    case png
    /// Graphics Interchange Format.
    case gif
    /// WebP.
    case webp
    /// AV1 Image File Format.
    case avif

    /// The number of first bytes that identify the type.
    static let prefixLength = 64

    /// The registered media type.
    package var mediaType: String { "image/\(rawValue)" }

    /// Parses a `Content-Type`. Returns `nil` for any other type.
    package init?(contentType: String) {
        let name = contentType.prefix { $0 != ";" }.trimmingSpaces().lowercased()
        switch name {
        // Not registered, but in use.
        case "image/jpg", "image/pjpeg": self = .jpeg
        default:
            guard let type = Self.allCases.first(where: { $0.mediaType == name }) else { return nil }
            self = type
        }
    }

    /// Detects the type from the first bytes. Returns `nil` for any other type.
    package init?(firstBytes: some Sequence<UInt8>) {
        let bytes = Array(firstBytes.prefix(Self.prefixLength))
        if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
            self = .jpeg
        } else if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            self = .png
        } else if bytes.starts(with: "GIF87a".utf8) || bytes.starts(with: "GIF89a".utf8) {
            self = .gif
        } else if bytes.starts(with: "RIFF".utf8), bytes.dropFirst(8).starts(with: "WEBP".utf8) {
            self = .webp
        } else if Self.isAVIF(bytes) {
            self = .avif
        } else {
            return nil
        }
    }

    /// An ISO media file starts with its brands (ISO/IEC 14496-12, section 4.3): the major brand, four bytes of
    /// version, and the compatible brands up to the end of the box.
    private static func isAVIF(_ bytes: [UInt8]) -> Bool {
        guard bytes.dropFirst(4).starts(with: "ftyp".utf8), bytes.count >= 12 else { return false }
        let boxLength = bytes.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        let box = bytes.prefix(boxLength)
        return stride(from: 8, to: box.count - 3, by: 4).contains { start in
            start != 12
                && (box[start..<start + 4].elementsEqual("avif".utf8)
                    || box[start..<start + 4].elementsEqual("avis".utf8))
        }
    }
}
