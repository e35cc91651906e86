import HTTPTypes
import Hummingbird
import Logging
import Pictures
import Posts

/// The data and services that all routes share.
struct Site: Sendable {
    let configuration: WebConfiguration
    let snapshots: SnapshotBox
    let health: @Sendable () -> HealthReport
    let pictures: PictureProxy
    let events: EventBroadcaster
    let logger: Logger
    /// The counters of the web interface.
    let metrics: WebMetrics
    /// The key that clients must send; `nil` if no key is required.
    let accessKey: AccessKey?
    /// Facts about the pictures that were fetched.
    let facts = PictureFacts()
    /// Cached responses.
    let cache = AnswerCache()
    /// Seconds since 1970-01-01T00:00:00Z.
    let now: @Sendable () -> Int64

    /// Returns links with the access key if the request had it in its query.
    func links(for request: Request) -> OwnLinks { OwnLinks(request, accessKey) }

    /// The response while nothing has been found.
    var nothingYet: Refusal { .unavailable(retryAfter: configuration.retryAfter) }

    /// The configured hashtag with a name.
    ///
    /// - Throws: ``Refusal/notFound`` if the name is not a configured hashtag.
    func hashtag(named name: String, in gallery: Gallery) throws(Refusal) -> Hashtag {
        guard let hashtag = try? Hashtag(name), gallery.hashtags.contains(hashtag) else { throw .notFound }
        return hashtag
    }

    /// The configured hashtags with names joined by `+`.
    ///
    /// - Throws: ``Refusal/notFound`` if any name is not a configured hashtag.
    func hashtags(named names: String, in gallery: Gallery) throws(Refusal) -> [Hashtag] {
        var hashtags: [Hashtag] = []
        for name in names.unicodeScalars.split(separator: "+", omittingEmptySubsequences: false) {
            hashtags.append(try hashtag(named: String(name), in: gallery))
        }
        return hashtags
    }
}

extension Site {
    /// The time for which a page is cached, in seconds. The times on it are at most this late.
    static let pageLifetime: Int64 = 5

    /// A page of the pictures under any of some hashtags, or of all pictures if there are none.
    ///
    /// The first page is cached for some seconds, unless it is empty: an empty page shows the state of crawls, which
    /// changes.
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
        // The page shows relative times, so it changes even without new posts.
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
    /// Responds with a picture, fetched from its source.
    ///
    /// A client that already has it gets 304, without a request to the source. If nginx supports `X-Accel-Redirect`, it
    /// responds to a pointer like `/latest/image` from its one cached copy of the picture.
    ///
    /// - Parameter acceleration: the fields that nginx evaluates, for a pointer; `nil` for the picture's own address.
    /// - Throws: ``Refusal/unavailable(retryAfter:)``; the log contains the cause.
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
            // A disconnect is not a failure of the source.
            metrics.pictures(Task.isCancelled ? "abandoned" : error.outcome).increment()
            // Many requests fail at once if the proxy is busy. The metric counts them; log lines would only fill the
            // log.
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
        // Pages of other sites may show the picture with `<img>`.
        headers[.crossOriginResourcePolicy] = "cross-origin"
        headers[.contentSecurityPolicy] = "default-src 'none'; sandbox"
        return Response(status: .ok, headers: headers, body: fetched.body)
    }
}

extension FetchedPicture {
    /// The whole picture, read from the source no faster than the client receives it. If the source breaks off, the
    /// response breaks off too.
    ///
    /// The body does not declare ``length``, so that each part is sent at once: the source may be slow.
    var body: ResponseBody {
        ResponseBody { [stream] writer in
            // Also after a disconnect, so that the source stops sending.
            defer { stream.close() }
            while let part = try await stream.next() { try await stream.writing { try await writer.write(part) } }
            try await writer.finish(nil)
        }
    }
}
