/// Who wrote a status.
struct MastodonAccount: Decodable {
    var author: Author?

    private enum CodingKeys: String, CodingKey {
        case acct, url
        case displayName = "display_name"
    }

    private static let longestName = 200

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let names: [String?] = [values.lenient(.displayName), values.lenient(.acct)]
        let name = names.compactMap(\.self).first { !$0.allSatisfy(\.isWhitespace) }
        author = name.map {
            Author(name: String($0.prefix(Self.longestName)), url: WebAddress.checked(values.lenient(.url)))
        }
    }
}
