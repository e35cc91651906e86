import Testing

@testable import Posts

@Suite(.timeLimit(.minutes(10))) struct GalleryBoxTests {
    @Test func `Whoever watches gets what is shown, then the newest of what replaces it`() async {
        let box = GalleryBox(Gallery(hashtags: [], version: 1))
        var changes = box.changes.makeAsyncIterator()
        #expect(await changes.next()?.version == 1)
        box.replace(with: Gallery(hashtags: [], version: 2))
        #expect(await changes.next()?.version == 2)
        box.replace(with: Gallery(hashtags: [], version: 3))
        box.replace(with: Gallery(hashtags: [], version: 5))
        box.replace(with: Gallery(hashtags: [], version: 4))
        #expect(await changes.next()?.version == 5)
        #expect(box.current.version == 5)
    }
}
