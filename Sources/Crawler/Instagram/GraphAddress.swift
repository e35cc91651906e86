/// Builds the addresses of the Graph API.
struct GraphAddress: Sendable {
    /// With the version, without a slash at the end.
    private let base: String
    private let userID: String
    private let token: Secret

    init(base: String, userID: String, token: Secret) {
        var base = Substring(base)
        while base.last == "/" { base = base.dropLast() }
        self.base = String(base)
        self.userID = userID
        self.token = token
    }

    /// Asks for the id of a hashtag.
    func search(_ hashtag: Hashtag) -> String {
        address("ig_hashtag_search", [("q", hashtag.name)])
    }

    /// Asks for a page of the posts of a hashtag.
    func media(_ edge: InstagramGraphAPI.Edge, of hashtagID: String, limit: Int, after cursor: String?) -> String {
        var query = [("fields", GraphMedia.fields), ("limit", "\(limit)")]
        if let cursor { query.append(("after", cursor)) }
        return address("\(hashtagID)/\(edge.rawValue)", query)
    }

    /// Asks for the name of a hashtag.
    func hashtag(_ id: String) -> String {
        address(id, [("fields", "id,name")])
    }

    /// Asks for the hashtags that count against the account's quota, all on one page.
    var recentSearches: String {
        address("\(userID)/recently_searched_hashtags", [("limit", "\(HashtagQuota.limit)")])
    }

    /// The token is in the query and nowhere else.
    private func address(_ path: String, _ query: [(String, String)]) -> String {
        let parameters = [("user_id", userID)] + query + [("access_token", token.reveal())]
        return "\(base)/\(path)?" + parameters.map { "\($0.0)=\($0.1.percentEncoded)" }.joined(separator: "&")
    }
}
