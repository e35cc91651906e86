import NIOCore
import NIOPosix

/// The directory that pictures are exported to. What it does waits on threads of its own.
struct ExportDirectory: Sendable {
    static let partEnding = "part"

    let path: String
    private let files = NonBlockingFileIO(threadPool: .singleton)

    /// - Throws: when it cannot be made.
    init(_ path: String) async throws {
        self.path = path
        try await files.createDirectory(
            path: path, withIntermediateDirectories: true, mode: 0o777)
    }

    /// The names in it.
    func names() async throws -> [String] { try await files.listDirectory(path: path).map(\.name) }

    /// The size of a file in bytes; 0 when there is none.
    func size(of name: String) async -> Int {
        let size = try? await files.withFileHandle(path: "\(path)/\(name)", mode: .read) { handle in
            try await files.readFileSize(fileHandle: handle)
        }
        return size.map(Int.init) ?? 0
    }

    /// The bytes of a file, at most so many.
    func read(_ name: String, atMost count: Int) async throws -> ByteBuffer {
        try await files.withFileHandle(path: "\(path)/\(name)", mode: .read) { handle in
            try await files.read(
                fileHandle: handle, fromOffset: 0, byteCount: count, allocator: ByteBufferAllocator())
        }
    }

    /// Writes what comes into a file from an offset on; what it held from there on is gone.
    func write(
        _ name: String, from offset: Int,
        _ body: @Sendable (_ write: (ByteBuffer) async throws -> Void) async throws -> Void
    ) async throws {
        try await files.withFileHandle(
            path: "\(path)/\(name)", mode: .write, flags: .allowFileCreation()
        ) { handle in
            try await files.changeFileSize(fileHandle: handle, size: Int64(offset))
            var end = Int64(offset)
            try await body { buffer in
                try await files.write(fileHandle: handle, toOffset: end, buffer: buffer)
                end += Int64(buffer.readableBytes)
            }
        }
    }

    /// Gives a file another name; one that has it is replaced.
    func rename(_ name: String, to other: String) async throws {
        try await files.rename(path: "\(path)/\(name)", newName: "\(path)/\(other)")
    }

    /// Removes a file, if it is there.
    func remove(_ name: String) async { try? await files.remove(path: "\(path)/\(name)") }
}
