import Crawler

/// A post as one line of JSON, for programs that read lines: the members that the interface shows, after `tag`.
public enum PostLine {
    /// - Parameters:
    ///   - post: the post.
    ///   - hashtag: the hashtag that it was found under.
    ///   - files: the names of the files that hold its pictures; nil when there are none to be.
    /// - Returns: the line with its newline. It holds no control character, so that it may be shown on a terminal.
    public static func json(of post: Post, hashtag: Hashtag, files: [String]? = nil) -> String {
        var members = [JSON.Member(key: "tag", value: .string(hashtag.name))]
        if case .object(let own) = post.json { members += own }
        if let files { members.append(JSON.Member(key: "files", value: .array(files.map(JSON.string)))) }
        var line = String.UnicodeScalarView()
        for scalar in String(decoding: JSON.object(members).encoded, as: UTF8.self).unicodeScalars {
            // Delete and the controls of ISO 8859: JSON lets them stand, and terminals obey some of them.
            if (0x7F...0x9F).contains(scalar.value) {
                line.append(contentsOf: "\\u00\(String(scalar.value, radix: 16))".unicodeScalars)
            } else {
                line.append(scalar)
            }
        }
        return String(line)
    }
}
