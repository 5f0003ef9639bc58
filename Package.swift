// swift-tools-version: 6.2
import PackageDescription

/// The folders of Sources, from the bottom up. The stages of the decision are targets of their own so that an arrow drawn backwards does not
/// compile. docs/architecture.md says what lies where; `make check` refuses what this file cannot see.
enum Layer { case Core, System, Kernel, Probes, Wire, Services, Tools, Lab }

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")

/// In the folder of its layer: what lies there may import what lies in lower ones, as Scripts/check-imports has it.
func target(_ layer: Layer, _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .target(name: name, dependencies: dependencies, path: "Sources/\(layer)/\(name)", exclude: exclude, swiftSettings: strict)
}

func program(_ layer: Layer, _ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, path: "Sources/\(layer)/\(name)", swiftSettings: strict)
}

func tests(_ layer: Layer, _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, path: "Tests/\(layer)/\(name)", exclude: exclude, swiftSettings: strict)
}

/// What several test targets share.
func fixtures(_ layer: Layer, _ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, path: "Tests/\(layer)/\(name)", swiftSettings: strict)
}

/// The parsers for `make fuzz`. It has no `main` of its own: libFuzzer's comes with --sanitize=fuzzer, so nothing else could link it.
let fuzzers: [Target] =
    Context.environment["UPLINKD_FUZZ_BUILD"] == nil
    ? []
    : [
        .executableTarget(
            name: "uplinkd-fuzz",
            dependencies: [
                "Model", "Plan", "Survey", "Engine", "Clients", "Configuration", "Samples", "Scenario", "Netlink", "LinuxKernel",
                "CNetlink",
                "Probing", "Tracing", "Varlink", "ControlProtocol",
            ], path: "Tests/Fuzz/uplinkd-fuzz", swiftSettings: strict)
    ]

let package = Package(
    name: "uplinkd",
    products: [
        .executable(name: "uplinkd", targets: ["uplinkd"]),
        .executable(name: "uplinkctl", targets: ["uplinkctl"]),
        .executable(name: "uplinkd-hooks", targets: ["uplinkd-hooks"]),
        .executable(name: "uplinkd-lan", targets: ["uplinkd-lan"]),
        .executable(name: "uplinkd-history", targets: ["uplinkd-history"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        // No traits: the default one brings in full Foundation, 40 MB on disk that the daemon has no use for.
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
    ],
    targets: [
        // Pure: no clock, no I/O, no logging.
        target(.Core, "Model", []),
        target(.Core, "Health", ["Model"]),
        target(.Core, "Selection", ["Model", "Health"]),
        target(.Core, "Plan", ["Model"]),
        // What other programs' rules of packet filter and routing say.
        target(.Core, "Survey", ["Model"]),
        target(.Core, "Engine", ["Model", "Health", "Selection", "Plan"]),
        // What the sentences are in other languages than English. Not in the daemon.
        target(.Core, "Catalogue", ["Model"]),
        // Counts sessions by client, and finds out whom a switch has reached.
        target(.Core, "Clients", ["Model"]),
        // Probes as the history keeps them.
        target(.Core, "Samples", ["Model"]),
        // The decision against recorded worlds, which `uplinkctl replay` asks for, and against synthetic ones and other programs' algorithms, which the
        // lab does.
        target(.Core, "Simulation", ["Model", "Health", "Selection", "Samples"]),
        .systemLibrary(name: "CYAML", path: "Sources/Core/CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        target(.Core, "Configuration", ["Model", "CYAML"]),
        // What networkd and dnsmasq are told of the LAN.
        target(.Core, "LANFiles", ["Model"]),
        target(.Core, "Scenario", ["Model", "Engine", "Configuration"]),

        .systemLibrary(name: "CLinux", path: "Sources/System/CLinux"),
        // What every program stands on. Not called System: swift-subprocess takes any module of that name for Apple's.
        target(.System, "Floor", ["Model", "CLinux"]),

        .systemLibrary(
            name: "CNetlink", path: "Sources/Kernel/CNetlink", pkgConfig: "libnl-3.0", providers: [.apt(["libnl-3-dev"])]),
        // The one place that speaks netlink; what is said by it to change things is in LinuxKernel.
        target(.Kernel, "Netlink", ["Model", "CNetlink"]),
        target(.Kernel, "LinuxKernel", ["Model", "Plan", "Survey", "Netlink", "Floor", "CLinux", "CNetlink", subprocess]),

        // Which interfaces there are, and what they can be told from others by.
        target(.Kernel, "Devices", ["Model", "Plan", "Netlink", "Floor", "CNetlink", "CLinux"]),

        target(.Probes, "Probing", ["Model", "Netlink", "Floor", "CLinux"]),
        // What somebody asks by hand, by one WAN; not in the daemon.
        target(.Probes, "Tracing", ["Model", "Floor", "Probing", "CLinux"]),
        target(.Probes, "SpeedTest", ["Model", "Floor", "Probing", "CLinux"]),

        // What is in .varlink files is Swift by Scripts/generate-varlink.
        target(.Wire, "Varlink", ["Floor", "CLinux"], exclude: ["org.varlink.service.varlink"]),
        target(.Wire, "ControlProtocol", ["Model", "Varlink"], exclude: ["net.uplinkd.varlink"]),
        // Apart from ControlProtocol, so that the daemon, which has a limit, doesn't carry it.
        target(.Wire, "HistoryProtocol", ["Model", "ControlProtocol", "Varlink"], exclude: ["net.uplinkd.history.varlink"]),
        target(.Wire, "Control", ["ControlProtocol", "Varlink", "Floor"]),

        // What each of the services does alike.
        target(.Services, "Chassis", ["Model", "Floor", "Varlink", "Control"]),
        target(.Services, "ConfigurationFile", ["Model", "Configuration", "Floor", "Chassis"]),
        // The loop around the engine, over protocols.
        target(.Services, "Shell", ["Model", "Plan", "Engine", "Configuration", "ControlProtocol", "Floor"]),
        program(
            .Services, "uplinkd",
            [
                "Model", "Health", "Selection", "Plan", "Engine", "Clients", "Configuration", "ControlProtocol", "LinuxKernel", "Devices",
                "Probing", "Varlink", "Control", "Floor", "Scenario", "Shell", "CLinux", "Chassis", "ConfigurationFile", argumentParser,
                logging,
            ]),
        program(
            .Services, "uplinkd-hooks",
            [
                "ControlProtocol", "Varlink", "Control", "Floor", "CLinux", "Chassis", "Model", "Catalogue", "Configuration",
                argumentParser,
            ]),
        program(
            .Services, "uplinkd-lan",
            [
                "Model", "LANFiles", "ControlProtocol", "Varlink", "Control", "Floor", "Chassis", "ConfigurationFile", argumentParser,
                subprocess,
            ]),
        .systemLibrary(name: "CSQLite", path: "Sources/Services/CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        target(.Services, "History", ["Model", "Samples", "ControlProtocol", "HistoryProtocol", "Varlink", "Control", "Floor", "CSQLite"]),
        program(
            .Services, "uplinkd-history",
            ["ControlProtocol", "HistoryProtocol", "Varlink", "Control", "History", "Floor", "Chassis", argumentParser]),

        program(
            .Tools, "uplinkctl",
            [
                "ControlProtocol", "HistoryProtocol", "Varlink", "Control", "Floor", "Model", "Probing", "CLinux", "Tracing", "SpeedTest",
                "Configuration", "Simulation", "Devices", "Plan", "Catalogue", argumentParser,
            ]),

        // Real namespaces, real traffic. Not installed.
        .systemLibrary(name: "CPerf", path: "Sources/Lab/CPerf"),
        target(.Lab, "Lab", ["CPerf", subprocess]),
        // The stages are there for `bench --only scale`: more WANs than a daemon may have.
        program(
            .Lab, "uplinkd-lab",
            [
                "Lab", "Model", "Health", "Plan", "Engine", "Shell", "Simulation", "Samples", "History", "ControlProtocol", "LinuxKernel",
                "Probing", "Varlink", "Control", "Floor", argumentParser,
            ]),

        // The tests.
        tests(.Core, "ModelTests", ["Model"]),
        tests(.Core, "HealthTests", ["Health", "Model"]),
        tests(.Core, "SelectionTests", ["Selection", "Model"]),
        tests(.Core, "PlanTests", ["Plan", "Model"]),
        tests(.Core, "SurveyTests", ["Survey", "Model"]),
        fixtures(.Core, "KernelFake", ["Model", "Plan"]),
        tests(.Core, "EngineTests", ["Engine", "Health", "Selection", "Plan", "Model", "KernelFake", "Catalogue"]),
        tests(.Core, "CatalogueTests", ["Catalogue", "Model"]),
        tests(.Core, "ClientsTests", ["Clients", "Model"]),
        tests(.Core, "SamplesTests", ["Samples", "Model"]),
        tests(.Core, "SimulationTests", ["Simulation", "Samples", "Selection", "Health", "Model"]),
        tests(.Core, "ConfigurationTests", ["Model", "Configuration"]),
        tests(.Core, "LANFilesTests", ["LANFiles", "Model"]),
        tests(.Core, "ScenarioTests", ["Scenario", "Engine", "Model"], exclude: ["Scenarios"]),
        tests(.System, "FloorTests", ["Floor", "Model"]),
        tests(.Kernel, "NetlinkTests", ["Netlink", "Model", "CNetlink"]),
        tests(.Kernel, "KernelTests", ["Model", "Plan", "LinuxKernel", "Netlink", "KernelFake", "CNetlink"]),
        tests(.Kernel, "DevicesTests", ["Devices", "Model", "Plan", "Floor"]),
        // A prober that a test runs inside a namespace of its own.
        .executableTarget(
            name: "ProbingChild", dependencies: ["Probing", "Floor", "Model"], path: "Tests/Probes/ProbingChild", swiftSettings: strict),
        tests(.Probes, "ProbingTests", ["Probing", "Floor", "Model"], exclude: ["spoofer.py", "world.py"]),
        tests(.Probes, "TracingTests", ["Tracing", "Probing", "Floor", "Model"]),
        tests(.Probes, "SpeedTestTests", ["SpeedTest", "Probing", "Floor"]),
        // The programs are not imported: they are there so that they are built before the tests that start them.
        fixtures(.Wire, "ControlFixtures", ["Model", "ControlProtocol", "Varlink", "Control", subprocess]),
        tests(
            .Wire, "ControlTests",
            ["Model", "ControlProtocol", "HistoryProtocol", "Varlink", "Control", "Floor", "ControlFixtures", "uplinkctl"],
            exclude: ["varlink-client.py", "varlink-client.sh"]),
        tests(
            .Services, "HistoryTests",
            ["History", "HistoryProtocol", "ControlProtocol", "Varlink", "Control", "Floor", "Model", "Samples", "Simulation", "CSQLite"],
            exclude: ["grdb.db"]),
        tests(
            .Services, "ShellTests",
            ["Shell", "ControlProtocol", "Varlink", "Engine", "Health", "Selection", "Plan", "Model", "KernelFake"]),
        tests(.Services, "HooksTests", ["uplinkd-hooks", "ControlProtocol", "Varlink", "Control", "Floor", "Model", subprocess]),
        tests(
            .Tools, "UplinkctlTests",
            [
                "uplinkctl", "ControlProtocol", "HistoryProtocol", "Varlink", "Control", "ControlFixtures", "Model", "Simulation",
                "Samples", "Tracing", "SpeedTest", "Floor", "Devices", "Catalogue",
            ],
            exclude: ["watch-terminal.py"]),
        tests(.Lab, "LabTests", ["Lab", "uplinkd-lab", "uplinkd", "uplinkctl", "uplinkd-history", "uplinkd-hooks", "uplinkd-lan"]),
    ] + fuzzers
)
