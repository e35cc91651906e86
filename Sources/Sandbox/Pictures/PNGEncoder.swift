import CZlib

/// Writes PNG files (ISO/IEC 15948): 8 bits a channel, red, green and blue, not interlaced.
enum PNGEncoder {
    /// zlib's effort: level 6 makes files a tenth smaller, and takes twice the time.
    private static let level: Int32 = 4

    /// The file of a canvas.
    ///
    /// - Throws: ``PNGError`` when zlib finds no memory.
    static func encode(_ canvas: Canvas) throws(PNGError) -> [UInt8] {
        let filtered = PNGFilter.apply(to: canvas)
        var length = compressBound(uLong(filtered.count))
        var compressed = [UInt8](repeating: 0, count: Int(length))
        let result = compress2(&compressed, &length, filtered, uLong(filtered.count), level)
        guard result == Z_OK else { throw PNGError(zlibCode: result) }

        var file: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
        file.reserveCapacity(Int(length) + 64)
        let size = bigEndian(UInt32(canvas.frame.width)) + bigEndian(UInt32(canvas.frame.height))
        // Depth 8, colour type 2 (true colour), the only compression and filter method, no interlace.
        append("IHDR", size + [8, 2, 0, 0, 0], to: &file)
        append("IDAT", compressed.prefix(Int(length)), to: &file)
        append("IEND", [], to: &file)
        return file
    }

    /// A chunk: length of the data, type, data, and the checksum of type and data (section 5.3).
    private static func append(_ type: String, _ data: some Collection<UInt8>, to file: inout [UInt8]) {
        let body = Array(type.utf8) + data
        file += bigEndian(UInt32(data.count))
        file += body
        file += bigEndian(UInt32(crc32(0, body, uInt(body.count))))
    }

    private static func bigEndian(_ number: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    }
}
