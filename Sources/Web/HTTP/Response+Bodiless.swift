import Hummingbird

extension Response {
    /// 304, which has neither a body nor a length (RFC 9110, section 15.4.5).
    static func notModified(_ headers: HTTPFields) -> Response {
        var response = Response(status: .notModified, headers: headers)
        response.headers[.contentLength] = nil
        return response
    }

    /// What `HEAD` is answered with: the same header fields without the body. A length that was
    /// not known stays unknown.
    var withoutBody: Response {
        var response = Response(status: status, headers: headers)
        response.headers[.contentLength] = headers[.contentLength]
        return response
    }
}
