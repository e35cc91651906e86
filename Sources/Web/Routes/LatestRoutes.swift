import Hummingbird

/// `/latest` and its kin: the n-th newest picture, as an envelope with its address or as the
/// picture itself, of the first hashtag or of a named one.
struct LatestRoutes: Sendable {
    let site: Site

    func add<Context: RequestContext>(to router: Router<Context>) {
        for prefix in ["", "/tags/:tag"] {
            for place in ["/latest", "/latest/:n"] {
                router.read(RouterPath(prefix + place)) { request, context in
                    try envelope(context.parameters).response(to: request)
                }
                router.read(RouterPath(prefix + place + "/image")) { request, context in
                    let picture = try picture(context.parameters)
                    return try await site.deliver(picture, cache: .newestPicture, to: request)
                }
            }
        }
    }

    private func envelope(_ parameters: Parameters) throws(Refusal) -> Representation {
        let (answers, n) = try find(parameters)
        guard let envelope = answers[n] else { throw .rangeNotSatisfiable }
        return envelope
    }

    private func picture(_ parameters: Parameters) throws(Refusal) -> Picture {
        let (answers, n) = try find(parameters)
        guard answers.pictures.indices.contains(n) else { throw .rangeNotSatisfiable }
        return answers.pictures[n]
    }

    /// What is not a number is refused before it is known whether anything has been found: no
    /// crawl will make it one.
    private func find(_ parameters: Parameters) throws(Refusal) -> (LatestAnswers, n: Int) {
        let snapshot = site.snapshots.current
        let hashtag =
            if parameters.get("tag") == nil {
                snapshot.gallery.hashtags.first
            } else {
                try site.hashtag(named: try parameters.decoded("tag"), in: snapshot.gallery)
            }
        var n = 0
        if parameters.get("n") != nil {
            guard let number = DecimalNumber(try parameters.decoded("n")) else { throw .rangeNotSatisfiable }
            n = number.value
        }
        guard let hashtag, let answers = snapshot.latest(of: hashtag), !answers.pictures.isEmpty else {
            throw site.nothingYet
        }
        return (answers, n)
    }
}
