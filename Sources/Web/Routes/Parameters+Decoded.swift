import Hummingbird

extension Parameters {
    /// A captured segment. The router matches on the canonical path, in which segments are encoded
    /// again, and hands out what it captured as it is.
    func decoded(_ name: String) throws(Refusal) -> String {
        guard let text = get(name).flatMap(PercentEncoding.decode) else { throw .notFound }
        return text
    }
}
