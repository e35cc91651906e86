/// Someone who publishes posts, where an interface shows that.
struct Person: Sendable, Hashable {
    /// In addresses; letters, digits and `_`.
    let account: String
    /// As it is shown.
    let name: String

    /// Who published a post.
    init(of post: SandboxPost) {
        var dice = Dice(seed: post.id, position: 9)
        self = dice.pick(Self.all)
    }

    private init(_ account: String, _ name: String) {
        self.account = account
        self.name = name
    }

    static let all = [
        Person("ada_prints", "Ada"), Person("noor", "Noor draws ✏️"), Person("studio_kite", "Studio Kite"),
        Person("mika", ""), Person("quiet_lens", "The \"quiet\" <lens>"), Person("joao", "João Fotógrafo"),
    ]
}
