public import HTTPTypes

extension HTTPRequest {
    /// Creates the head of a request from CGI meta-variables (RFC 3875, section 4.1).
    ///
    /// The path is taken from `REQUEST_URI`, as the client wrote it. If that is missing, the path is `SCRIPT_NAME`
    /// and `PATH_INFO`, which web servers have decoded and which are encoded again, with `QUERY_STRING` appended.
    /// `HTTP_PROXY` is dropped: it is a client's `Proxy` field, which programs mistake for a setting (CVE-2016-5385).
    /// If a meta-variable repeats, the first one counts, as in ``FastCGIParameters``.
    ///
    /// - Returns: nil if `REQUEST_METHOD` is missing or is not a token, or if there are more than 10,000 parameters:
    ///   `HTTPFields` traps at 65,535, and ``FastCGILimits/parameters`` allows no more.
    public init?(_ parameters: FastCGIParameters) {
        // libfcgi adds one parameter, FCGI_ROLE.
        guard parameters.count <= 10_001 else { return nil }
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
        var seen: UInt16 = 0
        parameters.forEachInPlace { name, value in
            guard !name.isFieldName else {
                switch HTTPField.Name.Variable(name) {
                case .host: if authority == nil { authority = String(decoding: value, as: UTF8.self) }
                case .dropped: break
                case .field(let name):
                    fields.append(HTTPField(name: name, value: String(decoding: value, as: UTF8.self)))
                }
                return
            }
            guard let variable = MetaVariable(name), seen & variable.bit == 0 else { return }
            seen |= variable.bit
            let value = String(decoding: value, as: UTF8.self)
            switch variable {
            case .requestMethod: method = Method(value)
            case .requestURI: requestURI = value
            case .scriptName: script = value
            case .pathInfo: pathInfo = value
            case .queryString: query = value
            case .requestScheme: scheme = value
            case .https: isSecure = !value.isEmpty && value.lowercased() != "off"
            case .serverName: server = value
            case .serverPort: port = value
            case .contentType: if !value.isEmpty { fields[.contentType] = value }
            case .contentLength: if !value.isEmpty { fields[.contentLength] = value }
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

    /// Removes the scheme and authority from a target in absolute form (RFC 9112, section 3.2.2).
    private static func originForm(of target: String) -> String {
        guard !target.hasPrefix("/"), let colon = target.firstRange(of: "://") else { return target }
        let afterScheme = target[colon.upperBound...]
        guard let start = afterScheme.firstIndex(where: { $0 == "/" || $0 == "?" }) else { return "/" }
        let rest = afterScheme[start...]
        return rest.hasPrefix("?") ? "/" + rest : String(rest)
    }

    /// Percent-encodes the characters that a path must not contain (RFC 3986, section 3.3).
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

/// The meta-variables that determine the head of a request.
private enum MetaVariable: UInt16, CaseIterable {
    case requestMethod
    case requestURI
    case scriptName
    case pathInfo
    case queryString
    case requestScheme
    case https
    case serverName
    case serverPort
    case contentType
    case contentLength

    /// The variable's bit in a set of up to 16.
    var bit: UInt16 { 1 << rawValue }

    private var name: String {
        switch self {
        case .requestMethod: "REQUEST_METHOD"
        case .requestURI: "REQUEST_URI"
        case .scriptName: "SCRIPT_NAME"
        case .pathInfo: "PATH_INFO"
        case .queryString: "QUERY_STRING"
        case .requestScheme: "REQUEST_SCHEME"
        case .https: "HTTPS"
        case .serverName: "SERVER_NAME"
        case .serverPort: "SERVER_PORT"
        case .contentType: "CONTENT_TYPE"
        case .contentLength: "CONTENT_LENGTH"
        }
    }

    private static let all = allCases.map { (Array($0.name.utf8), $0) }

    /// Returns nil for any other variable.
    init?(_ name: UnsafeRawBufferPointer) {
        for (bytes, variable) in Self.all where bytes.count == name.count && name.elementsEqual(bytes) {
            self = variable
            return
        }
        return nil
    }
}

extension HTTPField.Name {
    /// The meaning of a CGI variable `HTTP_*`.
    enum Variable {
        case host
        case dropped
        case field(HTTPField.Name)

        /// - Parameter name: starts with `HTTP_`.
        init(_ name: UnsafeRawBufferPointer) {
            for (bytes, variable) in Self.common where bytes.count == name.count && name.elementsEqual(bytes) {
                self = variable
                return
            }
            let field = String(decoding: name.dropFirst(5).map { $0 == 0x5F ? 0x2D : $0 }, as: UTF8.self)
            self = HTTPField.Name(field).map { .field($0) } ?? .dropped
        }

        /// Names that nearly every request has, which saves creating them each time, and names that are not fields of
        /// the request.
        private static let common: [([UInt8], Variable)] = names.map { (Array($0.0.utf8), $0.1) }

        private static let names: [(String, Variable)] = [
            ("HTTP_HOST", .host), ("HTTP_ACCEPT", .field(.accept)), ("HTTP_USER_AGENT", .field(.userAgent)),
            ("HTTP_ACCEPT_ENCODING", .field(.acceptEncoding)), ("HTTP_ACCEPT_LANGUAGE", .field(.acceptLanguage)),
            ("HTTP_CONNECTION", .field(.connection)), ("HTTP_COOKIE", .field(.cookie)),
            ("HTTP_REFERER", .field(.referer)), ("HTTP_IF_NONE_MATCH", .field(.ifNoneMatch)),
            ("HTTP_IF_MODIFIED_SINCE", .field(.ifModifiedSince)), ("HTTP_CACHE_CONTROL", .field(.cacheControl)),
            ("HTTP_PROXY", .dropped), ("HTTP_CONTENT_TYPE", .dropped), ("HTTP_CONTENT_LENGTH", .dropped),
        ]
    }
}

extension UnsafeRawBufferPointer {
    /// Whether it starts with `HTTP_` and is therefore the name of a header field.
    fileprivate var isFieldName: Bool {
        count > 5 && self[4] == UInt8(ascii: "_") && self[0] == UInt8(ascii: "H") && self[1] == UInt8(ascii: "T")
            && self[2] == UInt8(ascii: "T") && self[3] == UInt8(ascii: "P")
    }
}

extension HTTPResponse {
    /// The head in CGI format (RFC 3875, section 6.3), including the empty line at its end.
    ///
    /// `Connection` and `Transfer-Encoding` are left out, because the web server sets them for the client. A value
    /// cannot contain a line break: HTTPTypes replaces those characters, and any that remain become spaces here.
    public var cgiHead: [UInt8] {
        let status = status
        var bytes: [UInt8] = []
        bytes.reserveCapacity(512)
        bytes += "Status: ".utf8
        bytes += String(status.code).utf8
        bytes.append(UInt8(ascii: " "))
        Self.appendLine(status.reasonPhrase, to: &bytes)
        for field in headerFields where field.name != .connection && field.name != .transferEncoding {
            bytes += field.name.rawName.utf8
            bytes += ": ".utf8
            Self.appendLine(field.value, to: &bytes)
        }
        bytes += "\r\n".utf8
        return bytes
    }

    private static func appendLine(_ text: String, to bytes: inout [UInt8]) {
        var text = text
        let start = bytes.count
        text.withUTF8 { bytes.append(contentsOf: $0) }
        for place in start..<bytes.count where breaksLines(bytes[place]) { bytes[place] = 0x20 }
        bytes.append(0x0D)
        bytes.append(0x0A)
    }

    private static func breaksLines(_ byte: UInt8) -> Bool {
        byte == 0 || byte == UInt8(ascii: "\r") || byte == UInt8(ascii: "\n")
    }
}
