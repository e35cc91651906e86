/// Returns `count` bytes with a period of 251.
func pattern(_ count: Int) -> [UInt8] {
    var bytes = (0..<251).map { UInt8($0) }
    bytes.reserveCapacity(2 * count)
    while bytes.count < count { bytes += bytes }
    return Array(bytes.prefix(count))
}
