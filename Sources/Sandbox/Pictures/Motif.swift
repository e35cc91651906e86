/// What a picture shows. The raw values are positions in ``Phrasebook/subjects``.
enum Motif: Int, Sendable, CaseIterable {
    case hills, sea, waves, paths, tiles, silk, dots, planet, paper

    /// The motif of the picture of an id.
    init(of id: String) {
        var dice = Dice(seed: id, position: 4)
        self = dice.pick(Self.allCases)
    }
}
