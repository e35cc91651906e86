import Testing

@testable import Sandbox

@Suite("A picture")
struct CanvasTests {
    private static let small = PictureFrame(width: 48, height: 60)

    @Test("is the same for the same id, and another for another", arguments: Motif.allCases)
    func determinism(motif: Motif) {
        let canvas = Canvas(motif: motif, frame: Self.small, seed: "one")
        #expect(Canvas(motif: motif, frame: Self.small, seed: "one").bytes == canvas.bytes)
        #expect(Canvas(motif: motif, frame: Self.small, seed: "two").bytes != canvas.bytes)
    }

    @Test("is the same bytes on every machine, however it was compiled")
    func golden() {
        let hash = Motif.allCases.reduce(UInt64(0)) { hash, motif in
            Canvas(motif: motif, frame: Self.small, seed: "golden").bytes
                .reduce(hash) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
        }
        #expect(hash == 10_661_020_785_884_241_208)
    }

    @Test("has more than a few colours, from dark to light", arguments: Motif.allCases)
    func contrast(motif: Motif) {
        let seeds = (0..<6).map { "seed \($0)" }
        for seed in seeds {
            let bytes = Canvas(motif: motif, frame: Self.small, seed: seed).bytes
            let greens = stride(from: 1, to: bytes.count, by: 3).map { Int(bytes[$0]) }
            #expect(Set(greens).count > 4)
            #expect((greens.max() ?? 0) - (greens.min() ?? 0) > 60, "\(motif) of \(seed)")
        }
    }

    @Test("is a square, a portrait or a landscape, and each motif and size occurs")
    func variety() {
        let ids = (0..<300).map { MediaID(owner: .post, number: $0) }
        #expect(Set(ids.map { PictureFrame(of: $0) }) == Set(PictureFrame.all))
        #expect(Set(ids.map { Motif(of: $0.description) }) == Set(Motif.allCases))
    }

    @Test("every language names every motif")
    func phrasebooks() {
        for book in Phrasebook.others + [.english] {
            #expect(book.subjects.count == Motif.allCases.count)
        }
    }
}
