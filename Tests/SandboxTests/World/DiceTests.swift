import Testing

@testable import Sandbox

@Suite("Dice")
struct DiceTests {
    @Test(
        "FNV-1a gives its published values",
        arguments: [("", 0xcbf2_9ce4_8422_2325), ("a", 0xaf63_dc4c_8601_ec8c), ("foobar", 0x8594_4171_f739_67e8)]
            as [(String, UInt64)])
    func hash(text: String, expected: UInt64) {
        #expect(Dice.hash(text) == expected)
    }

    @Test("the same seed and position give the same numbers, another gives others")
    func sequences() {
        var (first, second, other) = (
            Dice(seed: 7, position: 3), Dice(seed: 7, position: 3), Dice(seed: 7, position: 4)
        )
        let numbers = (0..<20).map { _ in first.next() }
        #expect(numbers == (0..<20).map { _ in second.next() })
        #expect(Set(numbers).isDisjoint(with: (0..<20).map { _ in other.next() }))
    }

    @Test("every face of a die comes up, and none beyond")
    func bounds() {
        var dice = Dice(seed: "bounds")
        #expect(Set((0..<500).map { _ in dice.below(6) }) == [0, 1, 2, 3, 4, 5])
        #expect((0..<500).allSatisfy { _ in (0..<1).contains(dice.unit()) })
    }
}
