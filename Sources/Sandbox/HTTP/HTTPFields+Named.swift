import Hummingbird

extension HTTPFields {
    /// Sets a header that has no constant; a name that is not a token of HTTP's grammar is left out.
    mutating func set(named name: String, _ value: String) {
        guard let name = Element.Name(name) else { return }
        self[name] = value
    }
}
