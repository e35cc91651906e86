import Testing

@testable import Sandbox

@Suite("The parameter fields")
struct FieldSelectionTests {
    @Test("is read with its braces")
    func nested() throws {
        let selection = try FieldSelection("id,children{id,media_url},caption")
        #expect(selection.fields.map(\.name) == ["id", "children", "caption"])
        #expect(selection.fields[1].fields.map(\.name) == ["id", "media_url"])
        #expect(try FieldSelection(nil).fields.isEmpty)
    }

    @Test(
        "names what is unknown",
        arguments: [("id,username", "username"), ("children{caption}", "caption"), ("Caption", "Caption")])
    func unknown(text: String, field: String) {
        #expect(throws: GraphRefusal.unknownField(field, node: "Media")) { try FieldSelection(text) }
    }

    @Test(
        "must be well-formed",
        arguments: [
            ",", "id,,caption", "children{", "children{id", "children{}", "id}", "caption{id}", "children{id{id}}",
        ])
    func malformed(text: String) {
        #expect(throws: GraphRefusal.self) { try FieldSelection(text) }
    }
}
