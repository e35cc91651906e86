import Foundation

/// Compares values with the schemas of an OpenAPI document. It supports the keywords that this project uses: types,
/// members, items, patterns, enumerations and the minimum.
struct SchemaCheck {
    private let document: [String: Any]

    /// - Parameter document: the text of `/openapi.json`.
    init(_ document: String) throws {
        self.document = try JSONSerialization.jsonObject(with: Data(document.utf8)) as? [String: Any] ?? [:]
    }

    /// The schema of the JSON response to `GET` of a path; `nil` if there is none.
    func schema(of path: String, status: Int = 200, type: String = "application/json") -> Any? {
        resolve(resolve(document, "paths", path, "get", "responses", "\(status)"), "content", type, "schema")
    }

    /// The schema of a parameter; `nil` if there is no parameter with the name.
    func parameter(_ name: String, of path: String) -> Any? {
        let parameters = resolve(document, "paths", path, "get", "parameters") as? [[String: Any]]
        return parameters?.first { $0["name"] as? String == name }?["schema"]
    }

    /// The places where a JSON text differs from a schema; empty if it matches.
    func faults(of text: String, by schema: Any?) throws -> [String] {
        let value = try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
        return faults(value, schema, at: "")
    }

    private func faults(_ value: Any, _ schema: Any?, at place: String) -> [String] {
        guard let schema = resolve(schema) as? [String: Any] else { return ["\(place): no schema"] }
        if let types = schema["type"] as? [String] ?? (schema["type"] as? String).map({ [$0] }),
            !types.contains(where: { isOf($0, value) })
        {
            return ["\(place): not \(types)"]
        }
        if let words = schema["enum"] as? [String], !words.contains(value as? String ?? "") {
            return ["\(place): not one of \(words)"]
        }
        if let pattern = schema["pattern"] as? String, let text = value as? String,
            text.range(of: pattern, options: .regularExpression) == nil
        {
            return ["\(place): '\(text)' is not like \(pattern)"]
        }
        if let minimum = schema["minimum"] as? Int, let number = value as? Int, number < minimum {
            return ["\(place): \(number) is less than \(minimum)"]
        }
        if let items = value as? [Any] {
            return items.enumerated().flatMap { faults($1, schema["items"], at: "\(place)[\($0)]") }
        }
        guard let members = value as? [String: Any] else { return [] }
        let known = schema["properties"] as? [String: Any] ?? [:]
        let missing = (schema["required"] as? [String] ?? []).filter { members[$0] == nil }
        let isClosed = schema["additionalProperties"] as? Bool == false
        return missing.map { "\(place): no \($0)" }
            + members.flatMap { name, value in
                if let schema = known[name] { return faults(value, schema, at: "\(place).\(name)") }
                return isClosed ? ["\(place): \(name) is not described"] : []
            }
    }

    private func isOf(_ type: String, _ value: Any) -> Bool {
        switch type {
        case "object": value is [String: Any]
        case "array": value is [Any]
        case "string": value is String
        case "boolean": isTruth(value)
        case "integer": value is Int && !isTruth(value)
        case "null": value is NSNull
        default: false
        }
    }

    /// Whether the value is a Boolean. Foundation parses `true` and `false` as numbers, which differ only in their
    /// type.
    private func isTruth(_ value: Any) -> Bool {
        (value as? NSNumber).map { String(cString: $0.objCType) == "c" } ?? false
    }

    /// The value at a path of names; follows references.
    private func resolve(_ value: Any?, _ names: String...) -> Any? {
        names.reduce(follow(value)) { value, name in follow((value as? [String: Any])?[name]) }
    }

    private func follow(_ value: Any?) -> Any? {
        guard let reference = (value as? [String: Any])?["$ref"] as? String else { return value }
        return reference.split(separator: "/").dropFirst().reduce(document as Any?) { value, name in
            (value as? [String: Any])?[String(name)]
        }
    }
}
