/// What a picture turned out to be when it was fetched.
struct PictureFact: Sendable, Equatable {
    let type: ImageType
    /// In bytes, where upstream said so.
    let length: Int?
}
