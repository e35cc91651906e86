extension String {
    /// The text in one line of at most so many characters, cut between words where that is near.
    func shortened(to length: Int) -> String {
        // A character has a few bytes at most as a rule: no need to look at more of a long text.
        let words = prefix(length * 4).split(whereSeparator: \.isWhitespace)
        let line = words.joined(separator: " ")
        guard line.count > length else { return line }
        let cut = line.prefix(length - 1)
        let space = cut.lastIndex(of: " ") ?? cut.endIndex
        let isNear = cut.distance(from: space, to: cut.endIndex) < 20
        return (isNear ? cut[..<space] : cut) + "…"
    }
}
