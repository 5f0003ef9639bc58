// swift-tools-version: 6.2
import PackageDescription

// The stages of the decision are targets of their own so that an arrow drawn backwards does not compile.
// docs/architecture.md shows who may import whom; `make check` refuses what this file cannot see.

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")

func target(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: strict)
}

let package = Package(
    name: "uplinkd",
    products: [
        .executable(name: "uplinkd", targets: ["uplinkd"]),
        .executable(name: "uplinkctl", targets: ["uplinkctl"]),
        .executable(name: "uplinkd-hooks", targets: ["uplinkd-hooks"]),
        .executable(name: "uplinkd-history", targets: ["uplinkd-history"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        // No traits: the default one brings in full Foundation, 40 MB on disk that the daemon has no use for.
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        // Pure: no clock, no I/O, no logging.
        target("Model", []),
        target("Health", ["Model"]),
        target("Selection", ["Model"]),
        target("Plan", ["Model"]),
        target("Engine", ["Model", "Health", "Selection", "Plan"]),

        // Counts sessions by client, and finds out whom a switch has reached; pure as well.
        target("Clients", ["Model"]),

        // The decision against recorded worlds, which `uplinkctl replay` asks for, and against synthetic ones and other programs' algorithms, which the
        // lab does; pure as well.
        target("Simulation", ["Model", "Health", "Selection", "Engine", "Samples"]),

        // Probes as the history keeps them. Pure as well.
        target("Samples", ["Model"]),

        // The edges.
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        target("Configuration", ["Model", "CYAML"]),
        target("ControlProtocol", []),
        .systemLibrary(
            name: "CNetlink", pkgConfig: "libnl-nf-3.0",
            providers: [.apt(["libnl-3-dev", "libnl-route-3-dev", "libnl-nf-3-dev"])]),
        target("LinuxKernel", ["Model", "Plan", "CNetlink", subprocess]),
        .systemLibrary(name: "CSockets"),
        target("Scripts", ["CSockets"]),
        target("Probing", ["Model", "Scripts", "CSockets"]),
        // What somebody asks by hand, by one WAN; not in the daemon.
        target("Tracing", ["Model", "Probing", "CSockets"]),
        target("SpeedTest", ["Model", "Probing", "CSockets"]),
        // Whole files, and lines on standard error.
        target("Files", []),
        target("Control", ["ControlProtocol", "CSockets"]),
        // Apart from ControlProtocol, so that the daemon, which has a limit, doesn't carry it.
        target("HistoryProtocol", ["ControlProtocol"]),
        // With GRDB comes full Foundation: only the history service, a process of its own, may link this.
        target("History", ["Model", "Samples", "ControlProtocol", "HistoryProtocol", "Control", grdb]),
        target("Scenario", ["Model", "Engine", "Configuration"]),

        // The programs.
        program(
            "uplinkd",
            [
                "Model", "Health", "Selection", "Plan", "Engine", "Clients", "Configuration", "ControlProtocol", "LinuxKernel",
                "Probing", "Control", "Files", "Scenario", argumentParser, logging,
            ]),
        program("uplinkd-hooks", ["ControlProtocol", "Control", "Scripts", "Files", argumentParser]),
        program("uplinkd-history", ["ControlProtocol", "HistoryProtocol", "Control", "History", "Files", argumentParser]),
        program(
            "uplinkctl",
            [
                "ControlProtocol", "HistoryProtocol", "Control", "Files", "Model", "Probing", "CSockets", "Tracing", "SpeedTest",
                "Configuration", "Simulation", argumentParser,
            ]),

        // The lab: real namespaces, real traffic. Not installed.
        target("Lab", [subprocess]),
        // The stages are there for `bench --only scale`: more WANs than a daemon may have.
        program(
            "uplinkd-lab",
            [
                "Lab", "Model", "Health", "Plan", "Engine", "Simulation", "Samples", "History", "ControlProtocol", "LinuxKernel", "Probing",
                "Control", argumentParser,
            ]),

        // The tests.
        .target(name: "KernelFake", dependencies: ["Model", "Plan"], path: "Tests/KernelFake", swiftSettings: strict),
        tests("KernelTests", ["Model", "Plan", "LinuxKernel", "KernelFake", "CNetlink"]),
        tests("ModelTests", ["Model"]),
        tests("ClientsTests", ["Clients", "Model"]),
        tests("HealthTests", ["Health", "Model"]),
        tests("SimulationTests", ["Simulation", "Samples", "Engine", "Selection", "Health", "Model"]),
        tests("SamplesTests", ["Samples", "Model"]),
        tests("SelectionTests", ["Selection", "Model"]),
        tests("PlanTests", ["Plan", "Model"]),
        tests("ScenarioTests", ["Scenario", "Engine", "Model"], exclude: ["Scenarios"]),
        tests("EngineTests", ["Engine", "Health", "Selection", "Plan", "Model", "KernelFake"]),
        // The programs are not imported: they are there so that they are built before the tests that start them.
        tests("LabTests", ["Lab", "uplinkd-lab", "uplinkd", "uplinkctl", "uplinkd-history", "uplinkd-hooks"]),
        tests("ConfigurationTests", ["Model", "Configuration"]),
        tests(
            "ControlTests",
            [
                "ControlProtocol", "HistoryProtocol", "Control", "uplinkctl", "Model", "Simulation", "Samples", "Tracing", "SpeedTest",
                subprocess,
            ],
            exclude: ["varlink-client.py", "varlink-client.sh", "watch-terminal.py"]),
        tests("HistoryTests", ["History", "HistoryProtocol", "ControlProtocol", "Control", "Model", "Samples", "Simulation", grdb]),
        tests("HooksTests", ["uplinkd-hooks", "ControlProtocol", "Control", "Scripts", subprocess]),
        tests("ProbingTests", ["Probing", "Model"], exclude: ["spoofer.py", "world.py"]),
        tests("TracingTests", ["Tracing", "Probing", "Model"]),
        tests("SpeedTestTests", ["SpeedTest", "Probing"]),
        // A prober that a test runs inside a namespace of its own.
        .executableTarget(name: "ProbingChild", dependencies: ["Probing", "Model"], path: "Tests/ProbingChild", swiftSettings: strict),
    ]
)
