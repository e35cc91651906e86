/// What a request asks for: an interface, and which of its routes.
public struct SandboxCall: Sendable, Hashable, CustomStringConvertible {
    /// The emulated interfaces.
    public enum Interface: String, Sendable, CaseIterable {
        case graph, mastodon, flickr, media
    }

    /// The interface.
    public var interface: Interface
    /// The route, such as `recent_media`, `timeline`, `feed`.
    public var route: String

    /// Creates a call; each parameter is the field of its name.
    public init(_ interface: Interface, _ route: String) {
        self.interface = interface
        self.route = route
    }

    /// `graph:recent_media`.
    public var description: String { "\(interface.rawValue):\(route)" }

    /// The routes that can be asked for.
    static let all: [SandboxCall] = [
        .init(.graph, "ig_hashtag_search"), .init(.graph, "hashtag"), .init(.graph, "recent_media"),
        .init(.graph, "top_media"), .init(.graph, "recently_searched_hashtags"), .init(.mastodon, "timeline"),
        .init(.mastodon, "instance"), .init(.flickr, "feed"), .init(.media, "file"),
    ]

    /// The call of a path; nil for what is no part of an emulated interface.
    init?(path: String) {
        let parts = path.split(separator: "/")
        switch parts.first {
        case "media": self.init(.media, "file")
        case "services": self.init(.flickr, "feed")
        case "api": self.init(.mastodon, parts.last == "instance" ? "instance" : "timeline")
        default:
            guard let last = parts.last.map(String.init), parts.count >= 2 else { return nil }
            let route = parts.count == 2 && last.isDigits ? "hashtag" : last
            guard Self.all.contains(SandboxCall(.graph, route)) else { return nil }
            self.init(.graph, route)
        }
    }
}
