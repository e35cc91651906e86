extension PostQuery {
    /// A path with the query that asks for these posts.
    func address(_ path: String) -> String {
        filter.isEmpty ? path : "\(path)?\(filter.parameters.joined(separator: "&"))"
    }
}
