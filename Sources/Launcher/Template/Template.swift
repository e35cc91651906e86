/// A configuration file with variables written `${NAME}`, as the official nginx image and `envsubst` write them.
///
/// Only the names it is rendered with are replaced. nginx's own variables (`$uri`) stay as they are; another
/// `${NAME}` is an error, and so is a value that could end a directive and begin another.
public struct Template: Sendable {
    /// What error messages call it.
    public let name: String
    private let text: String

    /// - Parameters:
    ///   - name: the file, for error messages.
    ///   - text: its contents.
    public init(name: String, text: String) {
        self.name = name
        self.text = text
    }

    /// Reads a template.
    ///
    /// - Throws: ``LauncherError/cannotRead(_:reason:)``.
    public init(contentsOf path: String) throws(LauncherError) {
        self.init(name: path, text: try Files.read(path))
    }

    /// The names of the variables that it uses.
    public var variables: Set<String> {
        var names: Set<String> = []
        var rest = text[...]
        while let start = rest.firstRange(of: "${") {
            let name = rest[start.upperBound...].prefix { $0 != "}" }
            names.insert(String(name))
            rest = rest[name.endIndex...]
        }
        return names
    }

    /// Fills in the variables.
    ///
    /// - Parameter variables: all that the template may use.
    /// - Throws: ``TemplateError`` with file and line.
    public func render(_ variables: [TemplateVariable]) throws(TemplateError) -> String {
        let values = Dictionary(variables.map { ($0.name, $0) }) { first, _ in first }
        var rendered = ""
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if index > 0 { rendered.append("\n") }
            var rest = line
            while let start = rest.firstRange(of: "${") {
                rendered += rest[..<start.lowerBound]
                let after = rest[start.upperBound...]
                let place = TemplateError.Place(file: name, line: index + 1)
                guard let end = after.firstIndex(of: "}") else { throw .unclosed(place) }
                let variable = String(after[..<end])
                guard let known = values[variable] else {
                    throw .unknown(variable, place, known: variables.map(\.name).sorted())
                }
                rendered += try known.checked(for: place)
                rest = after[after.index(after: end)...]
            }
            rendered += rest
        }
        return rendered
    }
}
