import HTTPTypes
import Hummingbird
import Logging

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
