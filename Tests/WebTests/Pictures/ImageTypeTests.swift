import Testing

@testable import Pictures
@testable import Web

@Suite struct ImageTypeTests {
    static let avif: [UInt8] = [0, 0, 0, 28] + Array("ftypavif".utf8) + [0, 0, 0, 0] + Array("mif1miafMA1B".utf8)
    static let generic: [UInt8] = [0, 0, 0, 28] + Array("ftypmif1".utf8) + [0, 0, 0, 0] + Array("mif1avifmiaf".utf8)
    static let heic: [UInt8] = [0, 0, 0, 28] + Array("ftypheic".utf8) + [0, 0, 0, 0] + Array("mif1heicmiaf".utf8)
    static let brandAfterBox: [UInt8] = [0, 0, 0, 16] + Array("ftypmif1".utf8) + [0, 0, 0, 0] + Array("avif".utf8)
    static let brandAsVersion: [UInt8] = [0, 0, 0, 16] + Array("ftypmif1avif".utf8)

    @Test(
        "Tells by the first bytes what it is",
        arguments: [
            ([0xFF, 0xD8, 0xFF, 0xE0], .jpeg), ([0xFF, 0xD8, 0xFF, 0xDB], .jpeg),
            ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0], .png), (Array("GIF89a...".utf8), .gif),
            (Array("GIF87a".utf8), .gif), (Array("RIFF....WEBPVP8 ".utf8), .webp), (avif, .avif), (generic, .avif),
            (heic, nil), (brandAfterBox, nil), (brandAsVersion, nil), ([], nil), ([0xFF], nil), ([0xFF, 0xD8], nil),
            (Array("RIFF....WAVE".utf8), nil), (Array("GIF90a".utf8), nil), (Array("<svg xmlns".utf8), nil),
            (Array("<!DOCTYPE html>".utf8), nil), (Array("%PDF-1.7".utf8), nil), (Array("BM......".utf8), nil),
            ([0, 0, 0, 0] + Array("ftyp".utf8), nil), ([0xFF, 0xFF, 0xFF, 0xFF] + Array("ftypavif".utf8), .avif),
        ] as [([UInt8], ImageType?)]
    )
    func sniffing(_ bytes: [UInt8], _ type: ImageType?) {
        #expect(ImageType(firstBytes: bytes) == type)
    }

    @Test(
        "Knows what is declared",
        arguments: [
            ("image/jpeg", .jpeg), ("IMAGE/PNG", .png), ("image/gif; charset=binary", .gif), ("image/webp ;q", .webp),
            ("image/avif", .avif), ("image/jpg", .jpeg), (" image/png", .png), ("image/svg+xml", nil),
            ("text/html", nil), ("image/bmp", nil), ("image/", nil), ("image/jpegx", nil), ("", nil),
            ("image/png, x", nil),
        ] as [(String, ImageType?)]
    )
    func declaration(_ text: String, _ type: ImageType?) {
        #expect(ImageType(contentType: text) == type)
    }
}
