import Testing

@testable import Sandbox

@Suite("A PNG file")
struct PNGEncoderTests {
    private static let small = PictureFrame(width: 61, height: 43)

    @Test("is valid, and gives back every pixel", arguments: Motif.allCases)
    func roundTrip(motif: Motif) throws {
        let canvas = Canvas(motif: motif, frame: Self.small, seed: "17900000000000000")
        let file = try PNGFile(try PNGEncoder.encode(canvas))
        #expect(file.width == 61 && file.height == 43)
        #expect(file.filtered.count == 43 * (1 + 3 * 61))
        #expect(file.pixels() == canvas.bytes)
    }

    @Test("of a picture's real size is valid and of a size to send", arguments: PictureFrame.all)
    func realSize(frame: PictureFrame) throws {
        let bytes = try PNGEncoder.encode(Canvas(motif: .tiles, frame: frame, seed: "1"))
        let file = try PNGFile(bytes)
        #expect(file.filtered.count == frame.height * (1 + 3 * frame.width))
        #expect((5_000...250_000).contains(bytes.count))
    }
}
