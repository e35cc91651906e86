import FoundationEssentials
import HTTPTypes
import Hummingbird
import Posts
import TestSupport
import Testing

@testable import Pictures
@testable import Web

@Suite struct OpenAPITests {
    private static func document(needsKey: Bool = false) throws -> OpenAPIDocument {
        OpenAPIDocument(
            title: "InstaCrawler", version: "1.2.3", hashtags: [try Hashtag("golang"), try Hashtag("größe")],
            needsKey: needsKey)
    }

    @Test func `Every route is described, and every description is of a route`() throws {
        let web = WebApplication(
            gallery: GalleryBox(try Sample.gallery()), health: { HealthReport() }, pictures: PictureProxy(),
            logger: .silent)
        let routes = Set(web.buildRouter().routes.map(\.path.description))
        let described = try Self.document().operations.map(\.path)
        #expect(Set(described) == routes)
        #expect(described.count == Set(described).count)
    }

    @Test func `Operations have names of their own, and each parameter of a path is described`() throws {
        let operations = try Self.document().operations
        #expect(Set(operations.map(\.id)).count == operations.count)
        for operation in operations {
            let named = Set(
                operation.path.split(separator: "/").filter { $0.hasPrefix("{") }.map { $0.dropFirst().dropLast() })
            let described = Set(operation.parameters.filter { $0.place == .path }.map { $0.name[...] })
            #expect(named == described, "\(operation.path)")
        }
    }

    @Test func `Each list and stream takes the filters, and the original contract does not`() throws {
        let filters = ["type", "source", "q", "not", "alt", "orientation"]
        for operation in try Self.document().operations {
            let taken = operation.parameters.filter { $0.place == .query }.map(\.name).filter(filters.contains)
            let isPicked =
                operation.path == "/" || operation.path.contains("{tag}") || operation.path.contains("/feed.")
                || operation.path == "/events"
            #expect(taken == (isPicked ? filters : []), "\(operation.path)")
        }
    }

    @Test func `Every reference leads to something`() throws {
        for needsKey in [false, true] {
            let text = String(decoding: try Self.document(needsKey: needsKey).json.encoded, as: UTF8.self)
            let components = try #require(text.firstRange(of: "\"components\":"))
            for reference in Set(text.pieces(between: "\"$ref\":\"#/components/", and: "\"")) {
                let name = try #require(reference.split(separator: "/").last)
                #expect(text[components.lowerBound...].contains("\"\(name)\":{"), "\(reference)")
            }
        }
    }

    @Test func `It is served as JSON with the hashtags of this service`() async throws {
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
    }

    @Test func `With a key it says how the key is shown, and what is for everybody`() throws {
        let open = String(decoding: try Self.document().json.encoded, as: UTF8.self)
        #expect(!open.contains("securitySchemes"))
        #expect(!open.contains("\"401\""))
        let closed = String(decoding: try Self.document(needsKey: true).json.encoded, as: UTF8.self)
        #expect(closed.contains(#""security":[{"bearer":[]},{"key":[]}]"#))
        #expect(closed.count(of: #""security":[]"#) == 2)
        #expect(
            closed.count(of: ##""$ref":"#/components/responses/401""##) == (try Self.document().operations.count) - 2)
    }
}
