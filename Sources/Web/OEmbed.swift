import Hummingbird
import Posts

/// The oEmbed response, which turns a link to a hashtag's page into an embed on another site (oembed.com).
struct OEmbed: Sendable {
    private static let version = "1.0"
    /// The default width of an embed, in pixels.
    private static let width = 600
    /// The height of the line below the pictures, in pixels.
    private static let footer = 33
    static let smallest = 120

    /// The name of the site.
    let title: String
    let origin: RequestOrigin
    /// They contain the access key, because a framed page on another site has no cookie.
    let links: OwnLinks
    /// The hashtags and filters.
    let selection: PostQuery
    /// The look of the embed.
    let embed: EmbedQuery
    /// In pixels.
    let width: Int
    /// In pixels.
    let height: Int

    /// - Parameters:
    ///   - parameters: the query parameters of the request.
    ///   - find: returns the hashtags that the address of a page names.
    /// - Throws: ``Refusal`` if the address is not a page of this service, or a parameter is invalid.
    init(
        _ parameters: QueryParameters, title: String, origin: RequestOrigin, links: OwnLinks,
        find: (String) throws(Refusal) -> [Hashtag]
    ) throws(Refusal) {
        switch parameters["format"] {
        case nil, "json": break
        case "xml": throw .notImplemented
        default: throw .badRequest("format must be json")
        }
        guard let text = parameters["url"] else { throw .badRequest("url must be the address of a hashtag's page") }
        let (path, query) = try Self.page(text, at: origin)
        // The parameters of a page, like `limit`, do not set the look of an embed.
        embed = try EmbedQuery(path[0] == "embed" ? query : QueryParameters(nil))
        selection = PostQuery(try find(path[1]), try PostFilter(query))
        self.title = title
        self.origin = origin
        self.links = links
        let most = try Self.pixels("maxwidth", of: parameters)
        width = min(Self.width, most ?? Self.width)
        let whole = width / embed.columns * embed.rows + Self.footer
        height = min(whole, try Self.pixels("maxheight", of: parameters) ?? whole)
    }

    var json: JSON {
        let query = (embed.parameters + selection.filter.parameters).joined(separator: "&")
        let path = "/embed/" + selection.hashtags.map { $0.name.percentEncoded }.joined(separator: "+")
        let address = links.address(origin.text + path + (query.isEmpty ? "" : "?\(query)"))
        let name = selection.title ?? title
        let frame: HTML = #"""
            <iframe src="\#(address)" width="\#(width)" height="\#(height)" title="Pictures posted under \#(name)" loading="lazy" referrerpolicy="no-referrer"></iframe>
            """#
        return .object([
            "version": .string(Self.version),
            "type": "rich",
            "title": .string(name),
            "provider_name": .string(title),
            "provider_url": .string(origin.text + "/"),
            "cache_age": .integer(3_600),
            "width": .integer(Int64(width)),
            "height": .integer(Int64(height)),
            "html": .string(frame.text),
        ])
    }

    /// The two path segments and the query of the address of a page or an embed.
    private static func page(
        _ text: String, at origin: RequestOrigin
    ) throws(Refusal) -> (path: [String], query: QueryParameters) {
        let address = WebLink(text)?.address ?? ""
        guard let scheme = address.firstRange(of: "://"), let own = origin.text.firstRange(of: "://") else {
            throw .notFound
        }
        let rest = address[scheme.upperBound...].prefix { $0 != "#" }
        let host = rest.prefix { $0 != "/" && $0 != "?" }
        guard host.lowercased() == origin.text[own.upperBound...].lowercased() else { throw .notFound }
        let parts = rest.dropFirst(host.count).split(separator: "?", maxSplits: 1)
        guard let path = parts.first.flatMap({ RequestPath($0) }), path.segments.count == 2,
            ["tags", "embed"].contains(path.segments[0])
        else { throw .notFound }
        return (path.segments, QueryParameters(parts.count > 1 ? String(parts[1]) : nil))
    }

    private static func pixels(_ name: String, of parameters: QueryParameters) throws(Refusal) -> Int? {
        guard let text = parameters[name] else { return nil }
        guard let number = DecimalNumber(text)?.value, number >= smallest else {
            throw .badRequest("\(name) must be a whole number of pixels, \(smallest) or more")
        }
        return number
    }
}
