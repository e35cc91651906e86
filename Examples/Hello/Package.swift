// swift-tools-version: 6.2
import PackageDescription

// Another package names this one by its address and a version instead of a path.
let package = Package(
    name: "hello",
    dependencies: [
        .package(name: "instacrawler", path: "../.."),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.0", traits: []),
    ],
    targets: [
        .executableTarget(
            name: "Hello",
            dependencies: [
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdFastCGI", package: "instacrawler"),
            ])
    ]
)
