import NIOHTTP1

/// What a `Link` field (RFC 8288) says of the next page.
enum LinkHeader {
    /// The value of a parameter in the address of the relation `next`.
    ///
    /// Of the address nothing else is taken: it could lead anywhere, and some servers forget parameters in it.
    static func next(_ parameter: String, in headers: HTTPHeaders) -> String? {
        for field in headers["Link"] {
            for link in field.split(separator: "<").map({ "<" + $0 }) where isNext(link) {
                guard let end = link.firstIndex(of: ">") else { continue }
                let address = link.dropFirst()[..<end]
                guard let query = address.split(separator: "?", maxSplits: 1).dropFirst().first else { continue }
                for pair in query.split(separator: "#")[0].split(separator: "&") where pair.hasPrefix("\(parameter)=") {
                    return String(pair.dropFirst(parameter.count + 1))
                }
            }
        }
        return nil
    }

    private static func isNext(_ link: String) -> Bool {
        link.split(separator: ";").dropFirst().contains { parameter in
            let text = parameter.lowercased().filter { $0 != " " && $0 != "\"" && $0 != "," }
            return text == "rel=next"
        }
    }
}
