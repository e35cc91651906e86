extension SandboxPost {
    /// The hashtags of the caption, in lower case, each once, in the order in which they stand there.
    var hashtags: [String] {
        var names: [String] = []
        for word in caption.split(whereSeparator: \.isWhitespace) where word.hasPrefix("#") {
            guard let name = SandboxHashtag(name: word)?.name, !names.contains(name) else { continue }
            names.append(name)
        }
        return names
    }
}
