import Hummingbird

/// The route of pictures and videos, in the manner of Instagram's CDN.
struct MediaRoutes: Sendable {
    /// The whole of every video: an MP4 file's first box, `ftyp`, of brand `mp42`.
    static let video = ByteBuffer(
        bytes: [0, 0, 0, 24] + Array("ftypmp42".utf8) + [0, 0, 0, 0] + Array("mp42isom".utf8)
    )

    /// How long a picture waits before its first byte.
    let delay: Duration

    private let cache = PictureCache()

    init(delay: Duration) {
        self.delay = delay
    }

    /// Adds the route.
    func add(to router: Router<BasicRequestContext>) {
        router.get("media/:file") { _, context in
            let file = context.parameters.get("file") ?? ""
            let parts = file.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 2, let id = MediaID(parts[0]) else { return SandboxRouter.notFound("/media/\(file)") }
            switch parts[1] {
            case "png":
                if delay > .zero { try await Task.sleep(for: delay) }
                return Self.response(try cache.picture(of: id.description), type: "image/png")
            case "mp4":
                return Self.response(Self.video, type: "video/mp4")
            default:
                return SandboxRouter.notFound("/media/\(file)")
            }
        }
    }

    private static func response(_ body: ByteBuffer, type: String) -> Response {
        let headers: HTTPFields = [
            .contentType: type,
            .cacheControl: "max-age=1209600, no-transform",
            // What keeps pages of other sites from showing the picture.
            .crossOriginResourcePolicy: "same-origin",
        ]
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: body))
    }
}
