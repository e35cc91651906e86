/// A picture that could not be compressed.
struct PNGError: Error, Equatable, CustomStringConvertible {
    /// zlib's return code, below zero.
    let zlibCode: Int32

    var description: String { "zlib could not compress a picture (code \(zlibCode)): is memory short?" }
}
