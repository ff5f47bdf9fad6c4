// swift-tools-version: 6.2
// The house of fq: two towers that do not know each other, one bridge, one door. Arrows: docs/architecture.md.
import PackageDescription

// Kernels and the line-editor shim are optimised even in debug builds, so that tests run at full speed.
let optimisedC: [CSetting] = [.unsafeFlags(["-O3", "-fno-math-errno"])]

// A training step touches its own classes thousands of times; that no access overlaps is checked in debug builds,
// which run the same tests.
let unchecked: [SwiftSetting] = [
  .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))
]

let package = Package(
  name: "fq",
  products: [.executable(name: "fq", targets: ["fq"])],
  targets: [
    // Library modules
    .target(name: "FactorLang", exclude: ["README.md"]),
    .target(
      name: "FactorRuntime",
      dependencies: ["CKernels", "COpenBLAS", "CZlib", "CReadStat", "CDuckDB"],
      path: "Sources/Runtime",
      exclude: ["README.md"],
      linkerSettings: [.linkedLibrary("m", .when(platforms: [.linux]))]
    ),
    .target(
      name: "Models", dependencies: ["FactorRuntime"], exclude: ["README.md"],
      swiftSettings: unchecked),
    .target(
      name: "Interpreter",
      dependencies: ["FactorLang", "FactorRuntime", "Models", "CEditShim", "CAllocations"],
      exclude: ["README.md"],
      // The lessons are in the program, which is one file.
      resources: [.embedInCode("Classroom/Lessons")]),

    // Executable
    .executableTarget(name: "fq", dependencies: ["Interpreter"], exclude: ["README.md"]),

    // C
    .target(name: "CKernels", exclude: ["README.md"], cSettings: optimisedC),
    .target(name: "COpenBLAS"),
    .target(name: "CReadStat"),
    .target(name: "CDuckDB"),
    .target(name: "CAllocations"),
    .target(name: "CEditShim", dependencies: ["CLibEdit"]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CLibEdit", pkgConfig: "libedit", providers: [.apt(["libedit-dev"])]),

    // Test support
    .target(
      name: "TestSupport", dependencies: ["FactorLang", "FactorRuntime", "Models"],
      path: "Tests/TestSupport"),

    // Tests
    .testTarget(
      name: "FactorLangTests", dependencies: ["FactorLang", "TestSupport"], exclude: ["Crashes"]),
    .testTarget(name: "RuntimeTests", dependencies: ["FactorRuntime", "TestSupport"]),
    .testTarget(name: "ModelsTests", dependencies: ["Models", "TestSupport"]),
    .testTarget(name: "InterpreterTests", dependencies: ["Interpreter", "TestSupport"]),
    .testTarget(name: "GoldenTests", dependencies: ["Interpreter", "TestSupport"]),
    .testTarget(name: "ParityTests", dependencies: ["FactorRuntime", "Models", "TestSupport"]),
  ]
)
