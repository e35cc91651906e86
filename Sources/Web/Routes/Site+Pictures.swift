import Hummingbird
import Logging

extension Site {
    /// Answers with a picture itself, fetched from where its source keeps it.
    ///
    /// A reader who has it already is told so without asking upstream.
    ///
    /// - Throws: ``Refusal/unavailable(retryAfter:)``; the log says why.
    func deliver(_ picture: Picture, cache: CachePolicy, to request: Request) async throws -> Response {
        var headers = HTTPFields()
        picture.validators.write(to: &headers)
        headers[.cacheControl] = cache.directives
        if picture.validators.areCurrent(for: request.headers) { return .notModified(headers) }

        let fetched: FetchedPicture
        do {
            fetched = try await pictures.fetch(picture.media.url)
        } catch {
            // A reader who is gone is no trouble of upstream's.
            if !Task.isCancelled {
                logger.warning("No picture", metadata: ["media": "\(picture.path)", "reason": "\(error)"])
            }
            throw Refusal.unavailable(retryAfter: configuration.retryAfter)
        }
        headers[.contentType] = fetched.type.mediaType
        headers[.xContentTypeOptions] = "nosniff"
        // The address is made for `<img>` on other people's pages.
        headers[.crossOriginResourcePolicy] = "cross-origin"
        headers[.contentSecurityPolicy] = "default-src 'none'; sandbox"
        return Response(status: .ok, headers: headers, body: fetched.body)
    }
}
