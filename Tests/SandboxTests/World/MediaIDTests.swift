import Testing

@testable import Sandbox

@Suite("The id of a post")
struct MediaIDTests {
    @Test(
        "is 17 digits that can be read back", arguments: MediaID.Owner.allCases, [0, 1, 9_999_999_999_999] as [UInt64])
    func roundTrip(owner: MediaID.Owner, number: UInt64) {
        let id = MediaID(owner: owner, number: number)
        #expect(id.description.count == 17)
        #expect(id.description.hasPrefix(owner.rawValue))
        #expect(MediaID(id.description) == id)
    }

    @Test("with a wrong digit anywhere is unknown", arguments: 0..<17)
    func wrongDigit(place: Int) {
        var digits = Array(MediaID(owner: .post, number: 1_234_567_890_123).description)
        digits[place] = digits[place] == "5" ? "6" : "5"
        #expect(MediaID(String(digits)) == nil)
    }

    @Test("is nothing else", arguments: ["", "179", "1790000000000000x", "../../etc/passwd0", "１７９００００００００００００００"])
    func malformed(text: String) {
        #expect(MediaID(text) == nil)
    }
}
