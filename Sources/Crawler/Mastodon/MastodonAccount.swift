/// Who wrote a status.
struct MastodonAccount: Decodable {
    var author: Author?

    private enum CodingKeys: String, CodingKey {
        case acct, url
        case displayName = "display_name"
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let names = [values.plainText(.displayName), values.plainText(.acct)]
        author = names.lazy.compactMap(\.self).map { Author(name: $0, url: values.address(.url)) }
            .first { !$0.name.isEmpty }
    }
}
