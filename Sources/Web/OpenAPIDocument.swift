import Posts

/// The OpenAPI 3.1 description of the HTTP interface, which `/openapi.json` serves.
///
/// `Assets/openapi.json` describes a service with an access key. This type replaces the strings of ``replacements``,
/// replaces each reference to a parameter with the parameter, and leaves out ``keyMembers`` if there is no access key.
struct OpenAPIDocument: Sendable {
    let title: String
    let version: String
    /// The configured hashtags.
    let hashtags: [Hashtag]
    /// Whether the service has an access key.
    let needsKey: Bool

    var json: JSON { adapted(Self.file, replacements) }

    private static let file = JSONParser.value(of: PackageResources.openapi_json)

    /// The parameters that operations share, by the text of their reference.
    private static let parameters = [String: JSON](
        uniqueKeysWithValues: (file["components"]?["parameters"]?.members ?? []).map {
            ("#/components/parameters/\($0.key)", $0.value)
        })

    /// Members that only a service with an access key has.
    private static let keyMembers: Set = ["security", "securitySchemes", "401"]

    /// Strings and names of members in the file that stand for values of this service.
    private var replacements: [String: String] {
        let tag = "(\(hashtags.map(\.name).joined(separator: "|")))"
        return [
            "$title": title,
            "$version": version,
            "$tag": "^\(tag)(\\+\(tag))*$",
            "/assets/gallery.css": HashedAsset.galleryStyle.path,
            "/assets/embed.css": HashedAsset.embedStyle.path,
            "/assets/live.js": HashedAsset.liveScript.path,
        ]
    }

    private func adapted(_ value: JSON, _ replacements: [String: String]) -> JSON {
        switch value {
        case .string(let text):
            return .string(replacements[text] ?? text)
        case .array(let values):
            return .array(values.map { adapted($0, replacements) })
        case .object(let members):
            if case .string(let reference)? = value["$ref"], let parameter = Self.parameters[reference] {
                return adapted(parameter, replacements)
            }
            return .object(
                members.compactMap { member in
                    if !needsKey && Self.keyMembers.contains(member.key) { return nil }
                    // An operation has an array of parameters; the object is the one of the shared parameters.
                    if case ("parameters", .object) = (member.key, member.value) { return nil }
                    return JSON.Member(
                        key: replacements[member.key] ?? member.key, value: adapted(member.value, replacements))
                })
        case .null, .bool, .integer:
            return value
        }
    }
}

extension JSON {
    /// The members of an object; empty for other values.
    var members: [Member] {
        if case .object(let members) = self { members } else { [] }
    }

    subscript(key: String) -> JSON? { members.first { $0.key == key }?.value }
}

/// Parses a JSON document of the program itself, and keeps the order of members, which `JSONDecoder` loses.
///
/// Numbers must be integers, and strings must not contain `\u`. Any other text is a programming error and traps.
private struct JSONParser {
    private var rest: ArraySlice<UInt8>

    static func value(of document: [UInt8]) -> JSON {
        var parser = JSONParser(rest: document[...])
        return parser.value()
    }

    private mutating func value() -> JSON {
        switch peek() {
        case UInt8(ascii: "{"):
            return .object(
                list(until: "}") { parser in
                    let key = parser.string()
                    parser.skip(":")
                    return JSON.Member(key: key, value: parser.value())
                })
        case UInt8(ascii: "["):
            return .array(list(until: "]") { $0.value() })
        case UInt8(ascii: "\""):
            return .string(string())
        default:
            let end = rest.firstIndex { ",]} \n".utf8.contains($0) } ?? rest.endIndex
            defer { rest = rest[end...] }
            switch String(decoding: rest[..<end], as: UTF8.self) {
            case "null": return .null
            case "true": return .bool(true)
            case "false": return .bool(false)
            case let text:
                guard let number = Int64(text) else { preconditionFailure("unexpected '\(text)'") }
                return .integer(number)
            }
        }
    }

    private mutating func list<Element>(
        until end: Unicode.Scalar, element: (inout JSONParser) -> Element
    ) -> [Element] {
        var elements: [Element] = []
        rest.removeFirst()
        while peek() != UInt8(ascii: end) {
            if !elements.isEmpty { skip(",") }
            elements.append(element(&self))
        }
        rest.removeFirst()
        return elements
    }

    private mutating func string() -> String {
        var bytes: [UInt8] = []
        skip("\"")
        while let byte = rest.popFirst(), byte != UInt8(ascii: "\"") {
            guard byte == UInt8(ascii: "\\") else {
                bytes.append(byte)
                continue
            }
            switch rest.removeFirst() {
            case UInt8(ascii: "n"): bytes.append(UInt8(ascii: "\n"))
            case let escaped:
                precondition("\"\\/".utf8.contains(escaped), "unsupported escape")
                bytes.append(escaped)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private mutating func skip(_ expected: Unicode.Scalar) {
        precondition(peek() == UInt8(ascii: expected), "expected \(expected)")
        rest.removeFirst()
    }

    /// Returns the next byte after white space, without consuming it.
    private mutating func peek() -> UInt8? {
        rest = rest.drop { " \n".utf8.contains($0) }
        return rest.first
    }
}
