// The targets of libFuzzer for what upstream services and readers write, built by `scripts/fuzz`. The environment's
// `FUZZ_TARGET` says which one runs.

#if canImport(Musl)
    import Musl
#else
    import Glibc
#endif

private let fuzz: @Sendable ([UInt8]) -> Void = {
    switch getenv("FUZZ_TARGET").map({ String(cString: $0) }) {
    case "link": fuzzLink
    case "json": fuzzJSON
    case "html": fuzzHTML
    case "hashtag": fuzzHashtag
    case "address": fuzzAddress
    default: preconditionFailure("FUZZ_TARGET must be link, json, html, hashtag or address")
    }
}()

/// Takes input as a service or a reader may send it, and ends the process when what its target promises does not hold.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzParser(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    fuzz(Array(UnsafeBufferPointer(start: data, count: data == nil ? 0 : size)))
    return 0
}

private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

/// A text within limits is shown, compared and folded without surprise.
private func expectBounded(_ text: String, scalars: Int) {
    precondition(text.unicodeScalars.count <= scalars && text.utf8.count <= 4 * scalars, "a text is too long")
    precondition(
        text.unicodeScalars.allSatisfy { $0 == "\n" || $0 == "\t" || $0.properties.generalCategory != .control },
        "a control character is left")
    let again = text.bounded(scalars: scalars, bytes: 4 * scalars)
    precondition(again.utf8.elementsEqual(text.utf8), "a bounded text can be bounded further")
}

/// A field of a response: a link, a rate limit, a time and the headers of Instagram.
private func fuzzLink(_ bytes: [UInt8]) {
    let field = text(bytes)
    let value = LinkHeader.next("max_id", in: [field, field])
    precondition(value.map { $0.utf8.count <= 3 * bytes.count } != false, "a value is longer than its field")
    for now in [0, 1_900_000_000] as [Int64] {
        let time = UpstreamTime.seconds(field, from: now)
        precondition(time.map(Epoch.range.contains) != false, "a time is out of range")
        let limit = RateLimit({ _ in field }, now: now)
        precondition(limit?.wait.map { $0 >= .seconds(1) && $0 <= .seconds(86_400) } != false, "a wait is out of range")
        _ = UsageReport(limit, now: now)?.percent
        _ = UsageReport(graph: { _ in [field] }, now: now)?.percent
    }
}

/// The body of a response of each source.
private func fuzzJSON(_ bytes: [UInt8]) {
    var repair = JSONRepair(bytes: bytes)
    if let repaired = try? repair.repaired() {
        var second = JSONRepair(bytes: repaired)
        precondition((try? second.repaired()) == repaired, "what was repaired is repaired again")
    }
    if let list: LossyList<MastodonStatus> = try? UpstreamJSON.decode(from: bytes) {
        expectPosts(SourcePage(list, source: "m", now: 1_900_000_000))
    }
    if let list: GraphList<GraphMedia> = try? UpstreamJSON.decode(from: bytes) {
        expectPosts(SourcePage(list.list, source: "i", now: 1_900_000_000))
    }
    if let response: FlickrResponse = try? UpstreamJSON.decode(from: bytes) {
        expectPosts(SourcePage(response.items, source: "f", now: 1_900_000_000))
    }
    if let list: GraphList<GraphHashtag> = try? UpstreamJSON.decode(from: bytes) { _ = list.items.map(\.id) }
    if let envelope: GraphError.Envelope = try? UpstreamJSON.decode(from: bytes) {
        let error = envelope.error.sourceError(statusError: nil, regain: nil, secret: Secret("s3cret"))
        precondition(!error.description.contains("s3cret") && !error.description.contains("\n"))
    }
}

private func expectPosts(_ page: SourcePage) {
    precondition(page.posts.count + page.skipped <= 100, "a page is too long")
    for post in page.posts {
        precondition((try? post.checked()) == post, "a post is not checked")
        precondition(Epoch.range.contains(post.publishedAt) && (1...50).contains(post.media.count))
        expectBounded(post.caption, scalars: Post.longestCaption)
        if let author = post.author { expectBounded(author.name, scalars: Author.longestName) }
        for medium in post.media {
            if let alt = medium.alt { expectBounded(alt, scalars: Media.longestAlt) }
            fuzzAddress(Array(medium.url.utf8))
        }
    }
}

private func fuzzHTML(_ bytes: [UInt8]) {
    let html = text(bytes)
    let plain = HTMLText.plain(html)
    precondition(plain.utf8.count <= 3 * bytes.count + 3, "the text is longer than its HTML")
    expectBounded(plain.bounded(scalars: 5_000, bytes: 20_000), scalars: 5_000)
    precondition(HTMLText.unescaped(html).utf8.count <= 3 * bytes.count, "the text is longer than with references")
}

private func fuzzHashtag(_ bytes: [UInt8]) {
    do {
        let hashtag = try Hashtag(text(bytes))
        precondition((1...Hashtag.maximumLength).contains(hashtag.name.unicodeScalars.count), "the length of a name")
        precondition((try? Hashtag(hashtag.name))?.name.utf8.elementsEqual(hashtag.name.utf8) == true, "not canonical")
        precondition(hashtag.name.percentEncoded.percentDecoded.utf8.elementsEqual(hashtag.name.utf8))
    } catch {
        precondition(error.description.utf8.count < 2_000 && !error.description.contains("\n"), "the error is no line")
    }
    _ = CaseFolding.fold(text(bytes))
}

private func fuzzAddress(_ bytes: [UInt8]) {
    let address = text(bytes)
    _ = CanonicalAddress.permalink(address)
    _ = CanonicalAddress.medium(address)
    let link = WebLink(address)
    precondition(link?.address.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } != false, "a link has what no address has")
    if WebAddress.checked(address) != nil {
        precondition(link != nil && address.utf8.count <= WebAddress.longest)
    }
    if let picture = try? PictureAddress(address) {
        precondition(picture.port.map { (0...65_535).contains($0) } != false, "a port beyond all")
        precondition((try? PictureAddress(picture.url)) == picture, "an address has two readings")
    }
}
