import Posts

/// One item of a list of media of the Graph API, or one child of an album.
struct GraphMedia: PostItem {
    var id: String?
    var type: String?
    var url: String?
    var permalink: String?
    var caption: String?
    var publishedAt: Int64?
    var likeCount: Int?
    var commentCount: Int?
    var children: [GraphMedia]

    private enum CodingKeys: String, CodingKey {
        case id
        case type = "media_type"
        case url = "media_url"
        case permalink
        case caption
        case timestamp
        case likeCount = "like_count"
        case commentCount = "comments_count"
        case children
    }

    /// The requested fields.
    static let fields = """
        id,caption,children{id,media_type,media_url,permalink},comments_count,like_count,media_type,media_url,\
        permalink,timestamp
        """

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        id = values.id(.id)
        type = values.text(.type)
        url = values.address(.url)
        permalink = values.address(.permalink)
        caption = values.plainText(.caption)
        publishedAt = values.time(.timestamp)
        likeCount = values.count(.likeCount)
        commentCount = values.count(.commentCount)
        children = values.lenient(.children, as: GraphList<GraphMedia>.self)?.list.items ?? []
    }
}

extension GraphMedia {
    func make(source: String) throws(PostDefect) -> Post? {
        guard let id, !id.isEmpty else { throw .noID }
        guard let publishedAt else { throw .noTime }
        let media = media
        guard !media.isEmpty else { throw .noMedia }
        return Post(
            id: Post.ID(source: source, value: id), publishedAt: publishedAt, permalink: permalink,
            caption: caption ?? "", media: media, likeCount: likeCount, commentCount: commentCount)
    }

    /// The media of an album are its children. An item without an address, such as one removed by a copyright claim,
    /// has the children that have one.
    private var media: [Media] {
        let children = children.compactMap(\.medium)
        if type == "CAROUSEL_ALBUM", !children.isEmpty { return children }
        return medium.map { [$0] } ?? children
    }

    private var medium: Media? {
        guard let url else { return nil }
        return switch type {
        case "IMAGE", "CAROUSEL_ALBUM": Media(kind: .image, url: url)
        case "VIDEO": Media(kind: .video, url: url)
        default: nil
        }
    }
}

/// A list as the Graph API sends it: `{"data":[…],"paging":{"cursors":{"after":"…"},"next":"…"}}`.
struct GraphList<Item: Decodable>: Decodable {
    var list: LossyList<Item>
    /// The cursor of the next page; `nil` if the service names no next page.
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
        /// The address of the next page. It contains the access token and could point anywhere, so only its presence is
        /// used.
        var next: String?
    }

    /// The items that could be decoded.
    var items: [Item] { list.items }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        list = try values.decode(LossyList<Item>.self, forKey: .data)
        let paging = values.lenient(.paging, as: Paging.self)
        let cursor = paging?.next == nil ? nil : paging?.cursors?.after
        // The cursor becomes part of an address, which must not be too long.
        after = cursor.flatMap { (1...2_000).contains($0.utf8.count) ? $0 : nil }
    }
}

/// A hashtag of the Graph API: its id, and its name if that was requested.
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

    /// Ids become part of a path, so only digits are allowed.
    static func isID(_ text: String) -> Bool {
        (1...50).contains(text.utf8.count) && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
}

/// The error that the Graph API sends as `{"error":{…}}`.
struct GraphError: Decodable {
    var message: String
    var code: Int?
    var subcode: Int?
    /// Whether the service says that trying again helps.
    var isTransient: Bool

    private enum CodingKeys: String, CodingKey {
        case message
        case code
        case subcode = "error_subcode"
        case isTransient = "is_transient"
    }

    /// The object around it.
    struct Envelope: Decodable {
        var error: GraphError
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        message = values.text(.message) ?? ""
        code = values.number(.code)
        subcode = values.number(.subcode)
        isTransient = values.lenient(.isTransient) ?? false
    }
}

extension GraphError {
    /// The error for the crawl.
    ///
    /// - Parameters:
    ///   - statusError: the error of the HTTP status, for unknown codes.
    ///   - regain: the time until calls are accepted again, if the headers of the response name it.
    ///   - secret: is removed from the message.
    func sourceError(statusError: SourceError?, regain: Duration?, secret: Secret) -> SourceError {
        let reason = reason(without: secret)
        return switch code {
        case 1, 2:
            .temporary(reason, retryAfter: regain)
        case 4, 17, 32, 613, 80002:
            // 80002 is the code of the limit that `X-Business-Use-Case-Usage` counts.
            .rateLimited(retryAfter: regain)
        case 10, .some(200...299):
            .permissionMissing("\(reason). Instagram wants \(Self.permissions)")
        case 18:
            .hashtagQuotaExhausted
        case 24:
            .hashtagUnknown
        case 100:
            .badParameter(reason)
        case 102, 190:
            .tokenInvalid(reason)
        case _ where isTransient:
            .temporary(reason, retryAfter: regain)
        default:
            switch statusError {
            case .temporary(_, let wait): .temporary(reason, retryAfter: wait)
            case .rateLimited: .rateLimited(retryAfter: regain)
            case .tokenInvalid: .tokenInvalid(reason)
            case .permissionMissing: .permissionMissing(reason)
            default: .unusableResponse(reason)
            }
        }
    }

    private static let permissions = "instagram_basic and the feature Instagram Public Content Access"

    /// The service's message with its codes. The secret is removed before the message is cut, or a part of it could
    /// remain.
    private func reason(without secret: Secret) -> String {
        let codes = [code.map { "code \($0)" }, subcode.map { "subcode \($0)" }].compactMap(\.self)
        let words = message.isEmpty ? "an error without a message" : secret.scrub(message).excerpt(200)
        return codes.isEmpty ? words : "\(words) (\(codes.joined(separator: ", ")))"
    }
}

extension UsageReport {
    /// Reads the worst value of the Graph API's usage headers: `X-App-Usage` for the whole app, and
    /// `X-Business-Use-Case-Usage` for an account.
    ///
    /// - Parameters:
    ///   - fields: returns all header fields with a name.
    ///   - now: in seconds since 1970.
    /// - Returns: `nil` if both are missing or invalid.
    init?(graph fields: (String) -> [String], now: Int64) {
        var counts: [Counts] = []
        for text in fields("X-App-Usage") {
            if let count: Counts = try? UpstreamJSON.decode(from: Array(text.utf8)) { counts.append(count) }
        }
        for text in fields("X-Business-Use-Case-Usage") {
            let accounts: [String: LossyList<Counts>]? = try? UpstreamJSON.decode(from: Array(text.utf8))
            counts += accounts?.values.flatMap(\.items) ?? []
        }
        guard let percent = counts.compactMap(\.percent).max() else { return nil }
        let minutes = counts.compactMap(\.regainMinutes).max() ?? 0
        self.init(percent: percent, regain: minutes > 0 ? .seconds(60 * minutes) : nil, receivedAt: now)
    }

    private struct Counts: Decodable {
        var percent: Int?
        var regainMinutes: Int?

        private enum CodingKeys: String, CodingKey {
            case calls = "call_count"
            case time = "total_time"
            case processorTime = "total_cputime"
            case regainMinutes = "estimated_time_to_regain_access"
        }

        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            percent = [values.number(.calls), values.number(.time), values.number(.processorTime)]
                .compactMap(\.self).max()
            // A day at most, as for every wait; this also avoids an overflow.
            regainMinutes = values.number(.regainMinutes).map { min(max(0, $0), 1_440) }
        }
    }
}
