// swift-tools-version: 6.2
import PackageDescription

// Every Hummingbird trait stays off: the default ones bring full Foundation, and with it
// some 45 MB of ICU data, into the static binary. `scripts/check-foundation` keeps it out.
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdTesting: Target.Dependency = .product(name: "HummingbirdTesting", package: "hummingbird")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let httpClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")

let package = Package(
    name: "instacrawler",
    products: [
        .executable(name: "instacrawler", targets: ["instacrawler"]),
        .library(name: "FastCGI", targets: ["FastCGI"]),
        .library(name: "HummingbirdFastCGI", targets: ["HummingbirdFastCGI"]),
    ],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.0", traits: []),
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-configuration.git", from: "1.4.0", traits: []),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-system.git", from: "1.8.0"),
        .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
    ],
    targets: [
        // System libraries.
        .systemLibrary(name: "CFastCGI", pkgConfig: "fcgi", providers: [.apt(["libfcgi-dev"])]),
        .systemLibrary(name: "CUTF8Proc", providers: [.apt(["libutf8proc-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "CLinux"),

        // Rooms.
        .target(
            name: "FastCGI",
            dependencies: ["CFastCGI", "CLinux", httpTypes, logging, lifecycle]
        ),
        .target(name: "HummingbirdFastCGI", dependencies: ["FastCGI", hummingbird, lifecycle]),
        .target(name: "Crawler", dependencies: ["CUTF8Proc", httpClient, logging, lifecycle]),
        .target(name: "Storage", dependencies: ["Crawler"]),
        .target(name: "Web", dependencies: ["Crawler", hummingbird, httpClient, logging]),
        .target(name: "Sandbox", dependencies: ["CZlib", hummingbird, logging, lifecycle]),
        .target(name: "Launcher", dependencies: ["CLinux", httpClient, logging, lifecycle]),
        .executableTarget(
            name: "instacrawler",
            dependencies: [
                "Crawler", "FastCGI", "HummingbirdFastCGI", "Launcher", "Sandbox", "Storage", "Web",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "SystemPackage", package: "swift-system"),
                hummingbird, httpClient, logging, lifecycle,
            ]
        ),

        // What `make bench` measures beside its peers.
        .executableTarget(
            name: "benchmark-bare", dependencies: ["FastCGI", logging, lifecycle], path: "Benchmarks/responders/bare"
        ),
        .executableTarget(
            name: "benchmark-hummingbird", dependencies: ["HummingbirdFastCGI", hummingbird, logging],
            path: "Benchmarks/responders/hummingbird"
        ),

        // Tests: one target a room, and one that drives the built program.
        .testTarget(
            name: "FastCGITests",
            dependencies: ["CLinux", "FastCGI", "HummingbirdFastCGI", hummingbird, httpClient],
            exclude: ["Corpus"]
        ),
        .testTarget(name: "CrawlerTests", dependencies: ["Crawler", "Sandbox", "Storage"]),
        .testTarget(name: "SandboxTests", dependencies: ["Sandbox", hummingbirdTesting]),
        .testTarget(name: "WebTests", dependencies: ["Web", hummingbirdTesting, httpClient]),
        .testTarget(name: "LauncherTests", dependencies: ["Launcher"]),
        .testTarget(name: "EndToEndTests", dependencies: ["instacrawler", "Launcher", httpClient]),
    ]
)
