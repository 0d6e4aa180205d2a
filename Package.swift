// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
  name: "ckpt",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "CheckpointKit", targets: ["CheckpointKit"]),
    .library(name: "Quantize", targets: ["Quantize"]),
    .executable(name: "ckpt", targets: ["ckpt"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
  ],
  targets: [
    .target(name: "CSystem"),
    .target(name: "CDigests"),
    .target(name: "Specs", swiftSettings: settings),
    .target(
      name: "CheckpointKit",
      dependencies: ["CDigests", "CSystem", "Specs", .product(name: "Crypto", package: "swift-crypto")],
      swiftSettings: settings,
      linkerSettings: [.linkedLibrary("m", .when(platforms: [.linux]))]),
    .target(name: "CKernels"),
    .target(name: "Kernels", dependencies: ["CKernels"], swiftSettings: settings),
    .target(name: "Quantize", dependencies: ["CheckpointKit", "Kernels"], swiftSettings: settings),
    .target(
      name: "ReferenceForward", dependencies: ["CheckpointKit", "Quantize"], swiftSettings: settings),
    .executableTarget(
      name: "ckpt",
      dependencies: [
        "CheckpointKit", "CSystem", "Quantize", "ReferenceForward",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "kernel-benchmark", dependencies: ["Kernels"], path: "Benchmarks/kernels", swiftSettings: settings),
    .executableTarget(
      name: "digest-benchmark", dependencies: ["CheckpointKit"], path: "Benchmarks/digests", swiftSettings: settings),
    .executableTarget(
      name: "gguf-kernels", dependencies: ["Kernels"], path: "Benchmarks/gguf-kernels",
      exclude: ["run.sh", "results.json"],
      swiftSettings: settings),
    .executableTarget(
      name: "gguf-header", dependencies: ["CheckpointKit"], path: "Tests/Conformance/gguf-header",
      swiftSettings: settings),
    .testTarget(name: "KernelsTests", dependencies: ["Kernels"], swiftSettings: settings),
    .testTarget(name: "CheckpointKitTests", dependencies: ["CheckpointKit", "Specs"], swiftSettings: settings),
    .testTarget(name: "TranscriptTests", dependencies: ["ckpt"], swiftSettings: settings),
    .testTarget(
      name: "QuantizeTests", dependencies: ["CheckpointKit", "Kernels", "Quantize"], swiftSettings: settings),
    .testTarget(name: "SynthTests", dependencies: ["CheckpointKit", "Quantize"], swiftSettings: settings),
    .testTarget(
      name: "ReferenceForwardTests", dependencies: ["CheckpointKit", "Quantize", "ReferenceForward"],
      swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6]
)
