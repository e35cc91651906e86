public import HTTPTypes

extension HTTPRequest {
    /// Reads the head of a request from CGI meta-variables (RFC 3875, section 4.1).
    ///
    /// The path is that of `REQUEST_URI`, as the client wrote it; without it, `SCRIPT_NAME` and `PATH_INFO`,
    /// which web servers have decoded, are encoded again and `QUERY_STRING` is added. `HTTP_PROXY` is dropped:
    /// it is a client's `Proxy` field, which programs mistake for a setting (CVE-2016-5385).
    ///
    /// - Returns: nil when `REQUEST_METHOD` is missing or is no token.
    public init?(_ parameters: FastCGIParameters) {
        var method: Method?
        var requestURI: String?
        var script = ""
        var pathInfo = ""
        var query = ""
        var scheme = ""
        var isSecure = false
        var authority: String?
        var server = ""
        var port = ""
        var fields = HTTPFields()
        parameters.forEach { name, value in
            switch name {
            case "REQUEST_METHOD": method = Method(value)
            case "REQUEST_URI": requestURI = value
            case "SCRIPT_NAME": script = value
            case "PATH_INFO": pathInfo = value
            case "QUERY_STRING": query = value
            case "REQUEST_SCHEME": scheme = value
            case "HTTPS": isSecure = !value.isEmpty && value.lowercased() != "off"
            case "SERVER_NAME": server = value
            case "SERVER_PORT": port = value
            case "CONTENT_TYPE": if !value.isEmpty { fields[.contentType] = value }
            case "CONTENT_LENGTH": if !value.isEmpty { fields[.contentLength] = value }
            case "HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH", "HTTP_PROXY": break
            case "HTTP_HOST": authority = value
            default:
                if let name = HTTPField.Name(cgiVariable: name) { fields.append(HTTPField(name: name, value: value)) }
            }
        }
        guard let method else { return nil }
        if authority == nil, !server.isEmpty {
            authority = port.isEmpty || port == "80" || port == "443" ? server : "\(server):\(port)"
        }
        let path: String
        if let requestURI, !requestURI.isEmpty {
            path = Self.originForm(of: requestURI)
        } else {
            let decoded = script + pathInfo
            let encoded = decoded.isEmpty ? "/" : Self.percentEncoded(decoded)
            path = query.isEmpty ? encoded : "\(encoded)?\(query)"
        }
        if isSecure { scheme = "https" } else if scheme.isEmpty { scheme = "http" }
        self.init(method: method, scheme: scheme, authority: authority, path: path, headerFields: fields)
    }

    /// Cuts scheme and authority off a target in absolute form (RFC 9112, section 3.2.2).
    private static func originForm(of target: String) -> String {
        guard !target.hasPrefix("/"), let colon = target.firstRange(of: "://") else { return target }
        let afterScheme = target[colon.upperBound...]
        guard let start = afterScheme.firstIndex(where: { $0 == "/" || $0 == "?" }) else { return "/" }
        let rest = afterScheme[start...]
        return rest.hasPrefix("?") ? "/" + rest : String(rest)
    }

    /// Encodes what may not stand in a path as it is (RFC 3986, section 3.3).
    private static func percentEncoded(_ path: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in path.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                bytes.append(byte)
            case _ where "-._~!$&'()*+,;=:@/".utf8.contains(byte):
                bytes.append(byte)
            default:
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension HTTPField.Name {
    /// The field of a CGI variable `HTTP_*`; nil for any other variable.
    init?(cgiVariable name: String) {
        if let common = Self.common[name] {
            self = common
            return
        }
        guard name.hasPrefix("HTTP_"), name.utf8.count > 5 else { return nil }
        self.init(String(name.dropFirst(5).map { $0 == "_" ? "-" : $0 }))
    }

    /// The fields that nearly every request has, so that their names need not be made anew.
    private static let common: [String: HTTPField.Name] = [
        "HTTP_ACCEPT": .accept, "HTTP_ACCEPT_ENCODING": .acceptEncoding, "HTTP_ACCEPT_LANGUAGE": .acceptLanguage,
        "HTTP_CACHE_CONTROL": .cacheControl, "HTTP_CONNECTION": .connection, "HTTP_COOKIE": .cookie,
        "HTTP_IF_MODIFIED_SINCE": .ifModifiedSince, "HTTP_IF_NONE_MATCH": .ifNoneMatch,
        "HTTP_REFERER": .referer, "HTTP_USER_AGENT": .userAgent,
    ]
}
