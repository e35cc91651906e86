/// The place after a post in a list. Clients must not look into it; it is text that is safe in an address.
struct Cursor: Sendable, Equatable {
    /// Which list.
    let edge: MediaEdge

    /// The ``SandboxPost/number`` of the last post before the place.
    let number: Int

    init(edge: MediaEdge, number: Int) {
        self.edge = edge
        self.number = number
    }

    /// Reads a cursor of a list.
    ///
    /// - Throws: ``GraphError/invalidParameter(name:allowed:)`` for anything that is not a cursor of this list.
    init(_ text: String, edge: MediaEdge) throws(GraphError) {
        guard text.hasPrefix(edge.cursorPrefix), let number = Int(text.dropFirst(edge.cursorPrefix.count), radix: 36),
            // Beyond any date; what follows may compute with it.
            abs(Double(number)) < 1e15
        else { throw .invalidParameter(name: "after", allowed: "a cursor of this list") }
        self.init(edge: edge, number: number)
    }

    var text: String { edge.cursorPrefix + String(number, radix: 36) }
}
