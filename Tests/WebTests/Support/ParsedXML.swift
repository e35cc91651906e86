import Foundation
import FoundationXML

/// A document, read by a parser that takes only what is well-formed.
struct ParsedXML {
    private let document: XMLDocument

    init(_ text: String) throws {
        document = try XMLDocument(xmlString: text)
    }

    /// The texts of the elements or attributes with a path of names, such as `feed/entry/link/@href`.
    func texts(_ path: String) throws -> [String] {
        let steps = path.split(separator: "/").map { $0.hasPrefix("@") ? String($0) : "*[name()='\($0)']" }
        return try document.nodes(forXPath: "/" + steps.joined(separator: "/")).map { $0.stringValue ?? "" }
    }
}
