// swift-tools-version: 6.2
import PackageDescription

// Every Hummingbird trait stays off: the default ones bring full Foundation, and with it
// some 45 MB of ICU data, into the static binary. `scripts/check-foundation` keeps it out.
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdTesting: Target.Dependency = .product(name: "HummingbirdTesting", package: "hummingbird")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let lifecycleTesting: Target.Dependency = .product(
    name: "ServiceLifecycleTestKit", package: "swift-service-lifecycle"
)
let httpClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")

// Asynchronous functions run where their caller runs: on the way of a request, each look for another executor costs.
let staysWithItsCaller: [SwiftSetting] = [.enableUpcomingFeature("NonisolatedNonsendingByDefault")]

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
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .target(name: "CLinux"),

        // Libraries: FastCGI on libfcgi, and any Hummingbird router on that.
        .target(
            name: "FastCGI",
            dependencies: ["CFastCGI", "CLinux", httpTypes, logging, lifecycle], swiftSettings: staysWithItsCaller
        ),
        .target(
            name: "HummingbirdFastCGI", dependencies: ["FastCGI", hummingbird, lifecycle],
            swiftSettings: staysWithItsCaller
        ),

        // The service: each module imports only modules above it in this list. `scripts/check-modules.py` keeps it so.
        .target(name: "Posts", dependencies: ["CUTF8Proc"]),
        .target(name: "Prometheus"),
        .target(name: "Launcher", dependencies: ["CLinux", httpClient, logging, lifecycle]),
        .target(name: "Sandbox", dependencies: ["CZlib", "Posts", hummingbird, logging, lifecycle]),
        .target(
            name: "Storage", dependencies: ["CSQLite", "Posts", logging], resources: [.embedInCode("Migrations")]
        ),
        .target(name: "Pictures", dependencies: ["Posts", httpClient, logging]),
        .target(name: "Upstreams", dependencies: ["Posts", httpClient]),
        .target(name: "Crawler", dependencies: ["Posts", "Upstreams", logging, lifecycle]),
        .target(
            name: "Web", dependencies: ["Prometheus", "Pictures", "Posts", hummingbird, logging, lifecycle],
            resources: [.embedInCode("Assets")]
        ),
        .executableTarget(
            name: "instacrawler",
            dependencies: [
                "CLinux", "Crawler", "FastCGI", "HummingbirdFastCGI", "Launcher", "Prometheus", "Pictures", "Posts",
                "Sandbox", "Storage", "Upstreams", "Web",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "SystemPackage", package: "swift-system"),
                "CSQLite", "CUTF8Proc", "CZlib", hummingbird, httpClient, logging, lifecycle,
            ],
            // The exact versions of all packages: `scripts/resolve` resolves them, `--version --verbose` prints them.
            resources: [.embedInCode("versions.txt")]
        ),

        // What `make bench` measures beside its peers.
        .executableTarget(
            name: "benchmark-bare", dependencies: ["FastCGI", logging, lifecycle], path: "Benchmarks/responders/bare"
        ),
        .executableTarget(
            name: "benchmark-hummingbird", dependencies: ["HummingbirdFastCGI", hummingbird, logging],
            path: "Benchmarks/responders/hummingbird"
        ),

        // Tests: one target per module, and one that drives the built program.
        .target(name: "TestSupport", dependencies: [logging], path: "Tests/Support"),
        .testTarget(
            name: "FastCGITests",
            dependencies: ["CLinux", "FastCGI", "HummingbirdFastCGI", "TestSupport", hummingbird, httpClient],
            exclude: ["Corpus"]
        ),
        .testTarget(
            name: "CrawlerTests", dependencies: ["Crawler", "Posts", "Sandbox", "Storage", "TestSupport", "Upstreams"]),
        .testTarget(name: "StorageTests", dependencies: ["Storage", "Posts", "TestSupport"]),
        .testTarget(name: "SandboxTests", dependencies: ["Sandbox", "TestSupport", hummingbirdTesting]),
        .testTarget(name: "PrometheusTests", dependencies: ["Prometheus"]),
        .testTarget(
            name: "WebTests",
            dependencies: [
                "Web", "Prometheus", "Pictures", "Posts", "TestSupport", hummingbirdTesting, httpClient,
                lifecycleTesting,
            ]
        ),
        .testTarget(name: "LauncherTests", dependencies: ["Launcher", "TestSupport"]),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "instacrawler", "Crawler", "FastCGI", "Launcher", "Prometheus", "Posts", "Storage", "TestSupport",
                "Upstreams", httpClient, logging,
            ]),
    ]
)
