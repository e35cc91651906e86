import FoundationEssentials
import HTTPTypes
import Hummingbird
import Posts
import TestSupport
import Testing

@testable import Pictures
@testable import Web

@Suite struct OpenAPITests {
    private static func document(needsKey: Bool = false) throws -> JSON {
        OpenAPIDocument(
            title: "InstaCrawler", version: "1.2.3", hashtags: [try Hashtag("golang"), try Hashtag("größe")],
            needsKey: needsKey
        ).json
    }

    private static func operations() throws -> [Operation] {
        let paths = try #require(try document()["paths"])
        return try paths.members.map { Operation(path: $0.key, json: try #require($0.value["get"])) }
    }

    @Test("Describes every route, and nothing else")
    func routes() throws {
        let web = WebApplication(
            gallery: GalleryBox(try Sample.gallery()), health: { HealthReport() }, pictures: PictureProxy(),
            logger: .silent)
        let routes = Set(web.buildRouter().routes.map(\.path.description))
        let described = try Self.operations().map(\.path)
        #expect(Set(described) == routes)
        #expect(described.count == Set(described).count)
    }

    @Test("Operations have unique names, and describe each parameter of their path")
    func operations() throws {
        let operations = try Self.operations()
        #expect(Set(operations.map(\.id)).count == operations.count)
        for operation in operations {
            #expect(operation.id != nil)
            let named = operation.path.split(separator: "/").filter { $0.hasPrefix("{") }
                .map { String($0.dropFirst().dropLast()) }
            #expect(Set(named) == Set(operation.parameters(in: "path")), "\(operation.path)")
        }
    }

    @Test("Each list and stream takes the filters, and the original contract does not")
    func filters() throws {
        let filters = ["type", "source", "q", "not", "alt", "orientation"]
        #expect(PostFilter.rules.map(\.name) == filters)
        for operation in try Self.operations() {
            let taken = operation.parameters(in: "query").filter(filters.contains)
            let isPicked =
                operation.path == "/" || operation.path.contains("{tag}") || operation.path.contains("/feed.")
                || operation.path == "/events"
            #expect(taken == (isPicked ? filters : []), "\(operation.path)")
        }
    }

    @Test("Every reference has a target")
    func references() throws {
        for needsKey in [false, true] {
            let text = String(decoding: try Self.document(needsKey: needsKey).encoded, as: UTF8.self)
            let components = try #require(text.firstRange(of: "\"components\":"))
            for reference in Set(text.pieces(between: "\"$ref\":\"#/components/", and: "\"")) {
                let name = try #require(reference.split(separator: "/").last)
                #expect(text[components.lowerBound...].contains("\"\(name)\":{"), "\(reference)")
            }
        }
    }

    @Test("Is served as JSON with the hashtags of this service")
    func served() async throws {
        struct Shape: Decodable {
            struct Info: Decodable { var version: String }
            var openapi: String
            var info: Info
        }
        let response = try await withSite { try await $0.get("/openapi.json") }
        #expect(response.headers[.contentType] == "application/json")
        let shape = try JSONDecoder().decode(Shape.self, from: Data(response.body.readableBytesView))
        #expect(shape.openapi == "3.1.0")
        #expect(shape.info.version == "development")
        let one = "(golang|gopher|void)"
        #expect(response.text.contains(#""pattern":"^\#(one)(\\+\#(one))*$""#))
        #expect(!response.text.contains(#":"$"#), "a placeholder is left")
    }

    @Test("With a key, describes how a client sends it and which operations need none")
    func key() throws {
        let open = String(decoding: try Self.document().encoded, as: UTF8.self)
        #expect(!open.contains("securitySchemes"))
        #expect(!open.contains("\"401\""))
        let closed = String(decoding: try Self.document(needsKey: true).encoded, as: UTF8.self)
        #expect(closed.contains(#""security":[{"bearer":[]},{"key":[]}]"#))
        #expect(closed.count(of: #""security":[]"#) == 2)
        #expect(
            closed.count(of: ##""$ref":"#/components/responses/401""##) == (try Self.operations().count) - 2)
    }

    @Test("Describes the limits of numbers and words as the code checks them")
    func limits() throws {
        let operations = try Self.operations()
        func schema(_ parameter: String, of path: String = "/tags/{tag}") throws -> JSON {
            let operation = try #require(operations.first { $0.path == path })
            return try #require(operation.parameters.first { $0["name"]?.string == parameter }?["schema"])
        }
        func range(_ schema: JSON) throws -> ClosedRange<Int> {
            try #require(schema["minimum"]?.integer)...#require(schema["maximum"]?.integer)
        }
        #expect(try range(schema("limit")) == PageQuery.limits)
        #expect(try schema("limit")["default"]?.integer == PageQuery.defaultLimit)
        #expect(try range(schema("count", of: "/embed/{tag}")) == EmbedQuery.counts)
        #expect(try range(schema("columns", of: "/embed/{tag}")) == EmbedQuery.columnCounts)
        for name in ["maxwidth", "maxheight"] {
            #expect(try schema(name, of: "/oembed")["minimum"]?.integer == OEmbed.smallest)
        }
        #expect(try schema("source")["maxItems"]?.integer == PostFilter.sourceLimits.count)
        #expect(try schema("source")["items"]?["maxLength"]?.integer == PostFilter.sourceLimits.length)
        let words = PostFilter.wordLimits
        for name in ["q", "not"] {
            #expect(try schema(name)["maxLength"]?.integer == words.length)
            #expect(try schema(name)["pattern"]?.string == "^ *([^ ]+ +){0,\(words.count - 1)}[^ ]* *$")
            let description = operations.flatMap(\.parameters).first { $0["name"]?.string == name }?["description"]
            #expect(description?.string?.contains("at most \(words.count).") == true)
        }
    }

    @Test("Lists the same choices and media types as the code")
    func choices() throws {
        let document = try Self.document(needsKey: true)
        let operations = try Self.operations()
        func choices(_ parameter: String, of path: String) -> [String]? {
            let parameters = operations.first { $0.path == path }?.parameters
            return parameters?.first { $0["name"]?.string == parameter }?["schema"]?["enum"]?.strings
        }
        func mediaTypes(of path: String) -> [String]? {
            operations.first { $0.path == path }?.json["responses"]?["200"]?["content"]?.members.map(\.key)
        }
        #expect(choices("orientation", of: "/tags/{tag}") == Orientation.allCases.map(\.rawValue))
        #expect(choices("theme", of: "/embed/{tag}") == EmbedQuery.Theme.allCases.map(\.rawValue))
        let state = document["components"]?["schemas"]?["Component"]?["properties"]?["state"]
        #expect(state?["enum"]?.strings == HealthReport.State.allCases.map(\.rawValue))
        #expect(mediaTypes(of: "/latest/image") == ImageType.allCases.map(\.mediaType))
        for format in FeedFormat.allCases { #expect(mediaTypes(of: "/\(format.file)") == [format.mediaType]) }
        #expect(document["components"]?["securitySchemes"]?["key"]?["name"]?.string == Credentials.parameter)
    }
}

/// The `GET` operation of a path.
private struct Operation {
    let path: String
    let json: JSON

    var id: String? { json["operationId"]?.string }
    var parameters: [JSON] { json["parameters"]?.values ?? [] }

    func parameters(in place: String) -> [String] {
        parameters.filter { $0["in"]?.string == place }.compactMap { $0["name"]?.string }
    }
}

extension JSON {
    fileprivate var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    fileprivate var integer: Int? {
        if case .integer(let number) = self { Int(number) } else { nil }
    }

    fileprivate var values: [JSON] {
        if case .array(let values) = self { values } else { [] }
    }

    fileprivate var strings: [String] { values.compactMap(\.string) }
}
