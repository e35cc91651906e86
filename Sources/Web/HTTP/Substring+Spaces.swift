extension StringProtocol where SubSequence == Substring {
    /// Without the optional white space (RFC 9110, section 5.6.3) around it.
    func trimmingSpaces() -> Substring {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        var text = self[...]
        while let last = text.last, isSpace(last) { text = text.dropLast() }
        return text.drop(while: isSpace)
    }
}
