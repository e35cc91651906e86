import Foundation
import FoundationXML

/// A document from a parser that accepts only well-formed XML.
struct ParsedXML {
    private let document: XMLDocument

    init(_ text: String) throws {
        document = try XMLDocument(xmlString: text)
    }

    /// The texts of the elements or attributes with a path of names, for example `feed/entry/link/@href`.
    func texts(_ path: String) throws -> [String] {
        let steps = path.split(separator: "/").map { $0.hasPrefix("@") ? String($0) : "*[name()='\($0)']" }
        return try document.nodes(forXPath: "/" + steps.joined(separator: "/")).map { $0.stringValue ?? "" }
    }
}
