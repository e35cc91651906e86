/// A hashtag as the Graph API shows it: its id, and its name where that was asked for.
struct GraphHashtag: Decodable {
    var id: String
    var name: String?

    private enum CodingKeys: String, CodingKey { case id, name }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        guard let id = values.id(.id) else {
            throw DecodingError.dataCorruptedError(forKey: .id, in: values, debugDescription: "no id")
        }
        self.id = id
        name = values.text(.name)
    }

    /// Ids become part of a path, so nothing but digits is one.
    static func isID(_ text: String) -> Bool {
        (1...50).contains(text.utf8.count) && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
}
