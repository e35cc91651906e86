/// A hashtag of the emulated Instagram: its id, and its name where that is known.
///
/// The id is a hash of the name, so that every sandbox gives the same one, as Instagram does. A hash cannot be
/// turned back into a name; therefore everything about a post but the mention of the hashtag in its caption follows
/// from the *id*. Any well-formed id has posts, also in a process that never saw the search which a client, who
/// stores ids for ever, made long ago.
public struct SandboxHashtag: Sendable, Hashable {
    /// 17 digits that start with `17843`; users' ids start otherwise.
    public let id: String

    /// The name without `#`, in lower case; nil when only the id is known.
    public let name: String?

    /// The most characters in a name, as upstream.
    public static let longestName = 100

    private static let prefix = "17843"

    /// What the names of hashtags begin with that do not exist.
    private static let missing = "nosuch"

    /// Whether it is one of those that do not exist.
    var isMissing: Bool { name?.hasPrefix(Self.missing) == true }

    /// The hashtag of a name.
    ///
    /// A leading `#` or `＃` is dropped and letters become lower case. Nil unless the rest is 1 to 100 letters, digits
    /// and `_` of any script, and not digits alone.
    public init?(name: some StringProtocol) {
        let bare = name.first == "#" || name.first == "＃" ? name.dropFirst() : name[...]
        guard (1...Self.longestName).contains(bare.count), !bare.allSatisfy(\.isNumber),
            bare.unicodeScalars.allSatisfy(Self.isAllowed)
        else { return nil }
        let folded = bare.lowercased()
        var dice = Dice(seed: folded)
        let digits = String(dice.next() % 1_000_000_000_000)
        self.id = Self.prefix + String(repeating: "0", count: 12 - digits.count) + digits
        self.name = folded
    }

    /// The hashtag of an id, nameless; nil unless it is 17 digits that start with `17843`.
    public init?(id: some StringProtocol) {
        guard id.utf8.count == 17, id.isDigits, id.hasPrefix(Self.prefix) else { return nil }
        self.id = String(id)
        self.name = nil
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .nonspacingMark, .spacingMark, .decimalNumber:
            // Variation selectors are marks, and belong to emoji.
            !scalar.properties.isVariationSelector
        default:
            scalar == "_"
        }
    }
}
