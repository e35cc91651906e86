/// A list as the Graph API sends it: `{"data":[…],"paging":{"cursors":{"after":"…"},"next":"…"}}`.
struct GraphList<Item: Decodable>: Decodable {
    var list: LossyList<Item>
    /// The cursor of the next page; nil when the service names no next page.
    var after: String?

    private enum CodingKeys: String, CodingKey {
        case data
        case paging
    }

    private struct Paging: Decodable {
        struct Cursors: Decodable {
            var after: String?
        }

        var cursors: Cursors?
        /// The whole address of the next page. It holds the access token and could point anywhere:
        /// that it is there is all that is taken from it.
        var next: String?
    }

    /// The items that could be understood.
    var items: [Item] { list.items }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        list = try values.decode(LossyList<Item>.self, forKey: .data)
        let paging = values.lenient(.paging, as: Paging.self)
        let cursor = paging?.next == nil ? nil : paging?.cursors?.after
        // The cursor goes into an address, where what is far too long could only fail.
        after = cursor.flatMap { (1...2_000).contains($0.utf8.count) ? $0 : nil }
    }
}
