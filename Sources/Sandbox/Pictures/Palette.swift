/// Six colours that go together, from dark to light.
struct Palette: Sendable {
    let colors: [Color]

    init(_ hex: [UInt32]) {
        colors = hex.map { Color($0) }
    }

    /// A colour between the darkest (0) and the lightest (1).
    func at(_ position: Float) -> Color {
        let scaled = min(max(position, 0), 1) * Float(colors.count - 1)
        let index = min(Int(scaled), colors.count - 2)
        return colors[index].mixed(with: colors[index + 1], scaled - Float(index))
    }

    static let all = [
        Palette([0x1f1b3a, 0x53346b, 0x9c4f7f, 0xe0756f, 0xf6a96c, 0xfce3b0]),
        Palette([0x06283d, 0x0f4c5c, 0x1f7a8c, 0x4fb3a9, 0xa8dcc0, 0xf4f1de]),
        Palette([0x13241c, 0x1f4033, 0x3a6b4c, 0x7a9e5b, 0xc9c27a, 0xf5ebc6]),
        Palette([0x3b1c1c, 0x7a3b2e, 0xb9603f, 0xe0915a, 0xf2c48d, 0xfbebd0]),
        Palette([0x2b0f2e, 0x5e1f4f, 0xa2305f, 0xe05a6d, 0xf8a08f, 0xffe1cf]),
        Palette([0x1b2432, 0x34495e, 0x5d7b93, 0x95b2c0, 0xcfdddd, 0xf7f3e9]),
        Palette([0x14323a, 0x2f5d62, 0x6f9a73, 0xf2b84b, 0xf78154, 0xfdf0d5]),
        Palette([0x120b3a, 0x2d1b82, 0x5b3fd6, 0x9d6bf0, 0xe3a6f5, 0xffeaf6]),
        Palette([0x22223b, 0x3d5a80, 0x7ea8c4, 0xee6c4d, 0xf9c784, 0xfff6e6]),
        Palette([0x3a2e39, 0x6d4c5b, 0xa8737b, 0xd9a5a0, 0xf0d0bf, 0xfbf2e6]),
        Palette([0x071426, 0x0e3b4c, 0x14746f, 0x3fb68b, 0xa5e6a8, 0xf3fbd8]),
        Palette([0x10304f, 0x1c6e8c, 0x3fb8af, 0xff8a80, 0xffb39c, 0xfff1d6]),
        Palette([0x16203f, 0x2a3d7c, 0x5473b8, 0xf0a93b, 0xf7d07a, 0xfdf6e3]),
    ]
}
