import Posts

@testable import Web

/// Posts and galleries for tests.
enum Sample {
    /// The time of the tests' clock: 2025-11-24T04:53:20Z.
    static let now: Int64 = 1_763_960_000

    /// A post with one picture; `age` is in seconds.
    static func post(
        _ number: Int, age: Int64 = 0, caption: String = "", permalink: String? = nil, media: [Media]? = nil
    ) -> Post {
        Post(
            id: Post.ID(source: "sandbox", value: "\(number)"), publishedAt: now - age, permalink: permalink,
            caption: caption, media: media ?? [Media(kind: .image, url: "https://pictures.example/\(number).jpg")]
        )
    }

    /// A picture of this size, in pixels.
    static func image(_ width: Int? = nil, _ height: Int? = nil, alt: String? = nil) -> Media {
        Media(kind: .image, url: "https://pictures.example/x.png", width: width, height: height, alt: alt)
    }

    static let video = Media(kind: .video, url: "https://pictures.example/v.mp4")

    /// `#golang` with pictures 0 to 2 and a newer post with only a video, `#gopher` with one, `#void` with nothing.
    static func gallery() throws -> Gallery {
        let golang = try Hashtag("golang")
        let gopher = try Hashtag("gopher")
        return Gallery(
            hashtags: [golang, gopher, try Hashtag("void")],
            posts: [
                golang: [
                    post(9, age: 1, media: [video]), post(0, age: 10), post(1, age: 20), post(2, age: 30),
                ],
                gopher: [post(7, age: 5)],
            ],
            version: 1
        )
    }

    /// One hashtag, `#golang`, with these posts.
    static func gallery(_ posts: [Post], version: UInt64 = 1) throws -> Gallery {
        let golang = try Hashtag("golang")
        return Gallery(hashtags: [golang], posts: [golang: posts], version: version)
    }
}
