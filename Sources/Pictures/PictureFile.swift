import NIOCore
import Posts

/// Downloads one picture into its file.
struct PictureFile: Sendable {
    enum Outcome: Sendable {
        /// It was downloaded into this file.
        case saved(String)
        /// It already existed in this file.
        case had(String)
        case failed(String)
        /// There is no picture at the address.
        case missing(String)
    }

    /// The maximum number of download attempts for one picture within one export.
    private static let attempts = 3

    let directory: ExportDirectory
    let proxy: PictureProxy

    /// - Parameters:
    ///   - media: the address of the picture, and possibly a second one.
    ///   - stem: the file name without its extension, which depends on the detected format.
    func save(_ media: Media, as stem: String, received: @escaping @Sendable (Int) -> Void) async -> Outcome {
        guard let other = media.fallbackURL else { return await save(media.url, as: stem, received) }
        let outcome = await save(media.url, as: stem, redirects: 0, received)
        guard case .missing = outcome else { return outcome }
        // The part from an earlier export belongs to the first address.
        await directory.remove(part(stem))
        return await save(other, as: stem, received)
    }

    private func part(_ stem: String) -> String { "\(stem).\(ExportDirectory.partEnding)" }

    private func save(
        _ address: String, as stem: String, redirects: Int? = nil, _ received: @escaping @Sendable (Int) -> Void
    ) async -> Outcome {
        let part = part(stem)
        var reason = ""
        for _ in 1...Self.attempts {
            if Task.isCancelled { return .failed("stopped") }
            do {
                try await fetch(address, into: part, redirects, received)
                return try await finish(part, stem)
            } catch PictureError.status(416) {
                // Upstream has no bytes after the existing part, so the part does not belong to this picture.
                reason = PictureError.status(416).description
                await directory.remove(part)
            } catch PictureError.broken(let text) {
                reason = PictureError.broken(text).description
            } catch let error as PictureError where error.isWorthAnotherAddress {
                return .missing(error.description)
            } catch {
                return .failed("\(error)")
            }
        }
        return .failed(reason)
    }

    private func fetch(
        _ address: String, into part: String, _ redirects: Int?, _ received: @escaping @Sendable (Int) -> Void
    ) async throws {
        let download = try await proxy.download(address, from: await directory.size(of: part), redirects: redirects)
        defer { download.close() }
        try await directory.write(part, from: download.offset) { write in
            while let bytes = try await download.next() {
                received(bytes.readableBytes)
                try await write(bytes)
            }
        }
        let size = await directory.size(of: part)
        guard download.length ?? size == size else {
            throw PictureError.broken("\(size) of \(download.length ?? size) bytes came")
        }
    }

    /// Renames a complete download, if its bytes are those of a picture.
    private func finish(_ part: String, _ stem: String) async throws -> Outcome {
        let first = try await directory.read(part, atMost: ImageType.prefixLength)
        guard let type = ImageType(firstBytes: first.readableBytesView) else {
            await directory.remove(part)
            return .missing("what came is not a picture")
        }
        let name = "\(stem).\(ExportName.ending(of: type))"
        try await directory.rename(part, to: name)
        return .saved(name)
    }
}
