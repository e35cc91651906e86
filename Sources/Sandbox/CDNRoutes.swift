import Hummingbird

/// The route of pictures and videos, like that of Instagram's CDN.
struct CDNRoutes: Sendable {
    /// The complete content of every video: the first box of an MP4 file, `ftyp`, with the brand `mp42`.
    static let video = ByteBuffer(
        bytes: [0, 0, 0, 24] + Array("ftypmp42".utf8) + [0, 0, 0, 0] + Array("mp42isom".utf8)
    )

    /// The delay before the first byte of a picture.
    let delay: Duration
    let now: @Sendable () -> Double

    private let cache = PictureCache()

    init(delay: Duration, now: @escaping @Sendable () -> Double) {
        self.delay = delay
        self.now = now
    }

    func add(to router: Router<BasicRequestContext>) {
        router.get("media/:file") { request, context in
            let file = context.parameters.get("file") ?? ""
            guard let (id, type) = Self.medium(file) else { return SandboxRouter.notFound("/media/\(file)") }
            if let end = request.uri.queryParameters.get("oe"), !isValid(until: end) {
                return Response(
                    status: .forbidden, headers: [.contentType: "text/plain"],
                    body: .init(byteBuffer: ByteBuffer(string: "URL signature expired")))
            }
            guard type == "png" else { return Self.response(Self.video, type: "video/mp4") }
            if delay > .zero { try await Task.sleep(for: delay) }
            return Self.response(try cache.picture(of: id.description), type: "image/png")
        }
    }

    /// Whether an address is still valid. Its parameter `oe` is a time in seconds since 1970, in hexadecimal digits.
    private func isValid(until end: String) -> Bool {
        UInt64(end, radix: 16).map { now() < Double($0) } ?? false
    }

    /// Parses `ID.png`, `ID.mp4`, and Flickr's names `ID_m.png` and `ID_b.png`.
    private static func medium(_ file: String) -> (MediaID, Substring)? {
        let parts = file.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, ["png", "mp4"].contains(parts[1]) else { return nil }
        let names = parts[0].split(separator: "_", omittingEmptySubsequences: false)
        guard names.count <= 2, let id = MediaID(names[0]) else { return nil }
        guard names.count == 2 else { return (id, parts[1]) }
        guard parts[1] == "png", names[1] == "m" || names[1] == "b" && hasLargeSize(id) else { return nil }
        return (id, parts[1])
    }

    /// Whether a picture has a large size. One in five is too small for it.
    private static func hasLargeSize(_ id: MediaID) -> Bool {
        var dice = Dice(seed: id.description, position: 7)
        return !dice.once(in: 5)
    }

    private static func response(_ body: ByteBuffer, type: String) -> Response {
        let headers: HTTPFields = [
            .contentType: type,
            .cacheControl: "max-age=1209600, no-transform",
            // Prevents pages of other sites from showing the picture.
            .crossOriginResourcePolicy: "same-origin",
        ]
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: body))
    }
}
