import Crawler
import Prometheus

extension Operation {
    /// How the service is, and what describes it.
    static var status: [Operation] {
        [
            Operation(
                path: "/", id: "getFrontPage", tag: "service",
                summary: "The status, or the gallery of all hashtags where HTML is preferred.",
                description: "Where the status is the answer, the parameters are passed over.",
                parameters: [.limit, .before] + Parameter.filters,
                answers: [.negotiated("All is well, or the page.", Schema.envelope), .shared(304)]),
            Operation(
                path: "/status", id: "getStatus", tag: "service", summary: "Whether the service answers.",
                answers: [.json("It does.", Schema.envelope), .shared(304)], isOpen: true),
            Operation(
                path: "/health", id: "getHealth", tag: "service",
                summary: "How crawler, storage and each source are, and why.",
                answers: [.json("The service answers; the body says how its parts are.", Schema.health), .shared(304)],
                isOpen: true),
            Operation(
                path: "/metrics", id: "getMetrics", tag: "service", summary: "What is counted, for Prometheus.",
                answers: [
                    .ok("In the text format, version 0.0.4.", [("text/plain", Schema.text)]), .shared(304),
                ]),
            Operation(
                path: "/openapi.json", id: "getDescription", tag: "service", summary: "This description.",
                answers: [.json("In OpenAPI 3.1.", .object(["type": "object"])), .shared(304)]),
        ]
    }

    /// The newest picture, of the first hashtag and of each.
    static func latest(_ hashtags: [Hashtag]) -> [Operation] {
        ["", "/tags/{tag}"].flatMap { prefix in
            let isOfTag = !prefix.isEmpty
            let (path, filters) = isOfTag ? ([Parameter.tag(hashtags)], Parameter.filters) : ([], [])
            let whose = isOfTag ? "of a hashtag" : "of the first hashtag"
            let name = isOfTag ? "LatestOfTag" : "Latest"
            // Filters may leave nothing, too.
            let missing: [Answer] = isOfTag ? [.shared(404), .shared(416)] : []
            let beyond = isOfTag ? missing : [.shared(416)]
            let address = Answer.json("Its address is in URI.", Schema.envelope)
            return [
                Operation(
                    path: "\(prefix)/latest", id: "get\(name)", tag: "latest",
                    summary: "The address of the newest picture \(whose).", parameters: path + filters,
                    answers: [address, .shared(304)] + missing),
                Operation(
                    path: "\(prefix)/latest/{n}", id: "get\(name)ByNumber", tag: "latest",
                    summary: "The address of the n-th newest picture \(whose).", parameters: path + [.n] + filters,
                    answers: [address, .shared(304)] + beyond),
                Operation(
                    path: "\(prefix)/latest/image", id: "get\(name)Image", tag: "latest",
                    summary: "The newest picture \(whose) itself.", parameters: path + filters,
                    answers: [.picture, .shared(304), .shared(308)] + missing),
                Operation(
                    path: "\(prefix)/latest/{n}/image", id: "get\(name)ImageByNumber", tag: "latest",
                    summary: "The n-th newest picture \(whose) itself.", parameters: path + [.n] + filters,
                    answers: [.picture, .shared(304), .shared(308)] + beyond),
            ]
        }
    }

    /// The hashtags and their posts.
    static func tags(_ hashtags: [Hashtag]) -> [Operation] {
        [
            Operation(
                path: "/tags", id: "getTags", tag: "posts", summary: "The hashtags, and how their crawls go.",
                answers: [.negotiated("All hashtags.", Schema.hashtagList), .shared(304)]),
            Operation(
                path: "/tags/{tag}", id: "getPosts", tag: "posts", summary: "The posts of a hashtag, newest first.",
                parameters: [.tag(hashtags), .limit, .before] + Parameter.filters,
                answers: [.negotiated("A page of posts.", Schema.postList), .shared(304), .shared(404)]),
        ]
    }

    /// Pictures under an address that stays.
    static var media: [Operation] {
        [
            Operation(
                path: "/media/{source}/{post}/{index}", id: "getPicture", tag: "posts",
                summary: "One picture of one post, for good.", parameters: Parameter.media,
                answers: [.picture, .shared(304), .shared(308), .shared(404), .shared(415)])
        ]
    }

    /// What pages consist of.
    static var assets: [Operation] {
        [
            Operation(
                path: Stylesheet.asset.path, id: "getStylesheet", tag: "assets", summary: "How pages look.",
                answers: [.ok("CSS.", [("text/css", Schema.text)]), .shared(304)]),
            Operation(
                path: EmbedStylesheet.asset.path, id: "getEmbedStylesheet", tag: "assets", summary: "How embeds look.",
                answers: [.ok("CSS.", [("text/css", Schema.text)]), .shared(304)]),
            Operation(
                path: LiveScript.asset.path, id: "getLiveScript", tag: "assets",
                summary: "Puts new pictures into pages as they are found.",
                answers: [.ok("JavaScript.", [("text/javascript", Schema.text)]), .shared(304)]),
            Operation(
                path: Favicon.path, id: "getFavicon", tag: "assets", summary: "The sign of the service.",
                answers: [.ok("SVG.", [("image/svg+xml", Schema.text)]), .shared(304)]),
        ]
    }
}

extension Answer {
    /// 200 with a picture.
    fileprivate static var picture: Answer {
        .ok("The picture.", ImageType.allCases.map { ($0.mediaType, nil) })
    }
}
