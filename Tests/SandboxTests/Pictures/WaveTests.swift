import Testing

@testable import Sandbox

@Suite("Arithmetic of pictures")
struct WaveTests {
    @Test(
        "the sine is right to a thousandth",
        arguments: [
            (0, 0), (0.25, 1), (0.5, 0), (0.75, -1), (1.0 / 12, 0.5), (-0.125, -0.707107), (7.25, 1), (-3.75, 1),
        ]
            as [(Float, Float)]
    )
    func sine(turns: Float, expected: Float) {
        #expect(abs(Wave.sine(turns) - expected) < 0.0015)
    }

    @Test(
        "colours survive the way to linear light and back",
        arguments: [0x000000, 0xffffff, 0x123456, 0xfefd01] as [UInt32])
    func color(hex: UInt32) {
        var bytes: [UInt8] = [0, 0, 0]
        Color(hex).write(to: &bytes, at: 0)
        #expect(bytes.reduce(0) { $0 << 8 | UInt32($1) } == hex)
    }
}
