import HTTPTypes
import Hummingbird
import Logging
import Pictures
import Posts

/// What the routes have in common.
struct Site: Sendable {
    let configuration: WebConfiguration
    let snapshots: SnapshotBox
    let health: @Sendable () -> HealthReport
    let pictures: PictureProxy
    let events: EventBroadcaster
    let logger: Logger
    /// What is counted.
    let metrics: WebMetrics
    /// What readers have to show; nil lets everybody in.
    let accessKey: AccessKey?
    /// What was learned of the pictures that were fetched.
    let facts = PictureFacts()
    /// Answers that were made before.
    let cache = AnswerCache()
    /// Seconds since 1970-01-01T00:00:00Z.
    let now: @Sendable () -> Int64

    /// Writes links that lead in where the request was let in.
    func links(for request: Request) -> OwnLinks { OwnLinks(request, accessKey) }

    /// The refusal while there is nothing to show.
    var nothingYet: Refusal { .unavailable(retryAfter: configuration.retryAfter) }

    /// The configured hashtag of that name.
    ///
    /// - Throws: ``Refusal/notFound`` when it is no hashtag, or not one of ours.
    func hashtag(named name: String, in gallery: Gallery) throws(Refusal) -> Hashtag {
        guard let hashtag = try? Hashtag(name), gallery.hashtags.contains(hashtag) else { throw .notFound }
        return hashtag
    }

    /// The configured hashtags of names that are joined by `+`.
    ///
    /// - Throws: ``Refusal/notFound`` when any is no hashtag, or not one of ours.
    func hashtags(named names: String, in gallery: Gallery) throws(Refusal) -> [Hashtag] {
        var hashtags: [Hashtag] = []
        for name in names.unicodeScalars.split(separator: "+", omittingEmptySubsequences: false) {
            hashtags.append(try hashtag(named: String(name), in: gallery))
        }
        return hashtags
    }
}

extension Site {
    /// How long a page is kept, in seconds: what it says of times is that much late at most.
    static let pageLifetime: Int64 = 5

    /// A page of pictures: of any of some hashtags, or of all when none is named.
    ///
    /// The first page is kept for some seconds; an empty one tells of the crawls, which move on.
    func galleryPage(
        of hashtags: [Hashtag], _ query: PageQuery, in snapshot: Snapshot, for request: Request
    ) async -> Representation {
        let selection = PostQuery(hashtags, query.filter)
        let isAll = hashtags.isEmpty && query.filter.isEmpty
        let posts = isAll ? snapshot.pictured : await snapshot.posts(for: selection).filter { $0.picture != nil }
        let time = now()
        let origin = RequestOrigin(request)
        let page = GalleryPage(
            title: configuration.title,
            hashtags: snapshot.gallery.hashtags,
            selection: selection,
            query: query,
            page: PostPage(of: posts, query),
            health: posts.isEmpty ? health() : nil,
            origin: origin,
            now: time
        )
        // A page says how long ago things were: it is another one a minute later.
        func made() -> Representation { .page(page.html, lastModified: max(time, snapshot.changedAt(hashtags))) }
        guard query.before == nil, !posts.isEmpty else { return made() }
        let key = AnswerCache.Key(form: "text/html", query: selection, limit: query.limit, origin: origin.text)
        let version = snapshot.gallery.version
        return await cache.answer(key, version: version, now: time) { _ in
            .init(version: version, representation: made(), end: time + Self.pageLifetime)
        }
    }
}

extension Site {
    /// Answers with a picture itself, fetched from where its source keeps it.
    ///
    /// A reader who has it already is told so without asking upstream. nginx sends a picture that others point to as well
    /// from its one entry of it, where it says that it can.
    ///
    /// - Parameter acceleration: of a request for a pointer; nil for the picture's own address.
    /// - Throws: ``Refusal/unavailable(retryAfter:)``; the log says why.
    func deliver(_ picture: Picture, cache: CachePolicy, to request: Request, by acceleration: Acceleration? = nil)
        async throws -> Response
    {
        var headers = HTTPFields()
        let validators = Validators(
            tag: picture.tag, lastModified: snapshots.current.picturesChangedAt(picture.post))
        validators.write(to: &headers, for: request.headers)
        headers[.cacheControl] = cache.directives
        if validators.areCurrent(for: request.headers) {
            metrics.pictures("not_modified").increment()
            return .notModified(headers)
        }

        if acceleration == .redirect, let name = HTTPField.Name.accelRedirect {
            return Response(status: .ok, headers: [.cacheControl: cache.directives, name: "/.pictures\(picture.path)"])
        }

        let fetched: FetchedPicture
        do {
            fetched = try await pictures.fetch(picture.media)
            metrics.pictures("ok").increment()
        } catch {
            if error.isOfAddress { snapshots.reportExpired(picture.media) }
            // A reader who is gone is no trouble of upstream's.
            metrics.pictures(Task.isCancelled ? "abandoned" : error.outcome).increment()
            // A line for each of the many that come at once would only fill the log: the metric counts them.
            if !Task.isCancelled, error != .busy {
                let id = HTTPField.Name("X-Request-ID").flatMap { request.headers[$0] } ?? ""
                logger.warning(
                    "No picture",
                    metadata: ["media": "\(picture.path)", "reason": "\(error)", "request_id": "\(id)"])
            }
            throw Refusal.unavailable(retryAfter: configuration.retryAfter)
        }
        facts.learn(PictureFact(type: fetched.type, length: fetched.length), of: picture.path)
        headers[.contentType] = fetched.type.mediaType
        headers[.contentLength] = fetched.length.map { String($0) }
        headers[.xContentTypeOptions] = "nosniff"
        // The address is made for `<img>` on other people's pages.
        headers[.crossOriginResourcePolicy] = "cross-origin"
        headers[.contentSecurityPolicy] = "default-src 'none'; sandbox"
        return Response(status: .ok, headers: headers, body: fetched.body)
    }
}

extension FetchedPicture {
    /// The whole picture, read from upstream no faster than it is written. A body that breaks off
    /// breaks the response off.
    ///
    /// It does not tell its ``length``, so that each piece is sent as it comes: upstream may be slow.
    var body: ResponseBody {
        ResponseBody { [stream] writer in
            // Also when the reader is gone: then upstream need not send the rest.
            defer { stream.close() }
            while let part = try await stream.next() { try await stream.writing { try await writer.write(part) } }
            try await writer.finish(nil)
        }
    }
}
