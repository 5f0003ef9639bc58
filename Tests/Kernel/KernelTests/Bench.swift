import Glibc
import KernelFake
import LinuxKernel
import Model
import Plan
import Testing

/// A kernel with hands on its cables.
protocol Bench {
    var kernel: any Kernel { get }
    /// A new interface that is up, with a cable.
    func plug(_ name: InterfaceName, _ addresses: [IPv4Prefix], _ addresses6: [IPv6Prefix]) throws
    func plugPointToPoint(_ name: InterfaceName) throws
    func unplug(_ name: InterfaceName) throws
    func setUp(_ isUp: Bool, _ name: InterfaceName) throws
    func setCarrier(_ hasCarrier: Bool, _ name: InterfaceName) throws
    /// Takes all its addresses away.
    func strip(_ name: InterfaceName) throws
}

extension Bench {
    func plug(_ name: InterfaceName, _ addresses: [IPv4Prefix]) throws { try plug(name, addresses, []) }
}

/// On which kernels the contract runs: on Linux only inside a namespace that was made for it.
enum Side: String, CaseIterable, Sendable {
    case fake, linux

    static var available: [Side] { Place.isNamespace ? allCases : [.fake] }

    func bench() throws -> any Bench {
        switch self {
        case .fake: FakeBench()
        case .linux: try LinuxBench()
        }
    }
}

struct FakeBench: Bench {
    let fake = FakeKernel()
    var kernel: any Kernel { fake }

    func plug(_ name: InterfaceName, _ addresses: [IPv4Prefix], _ addresses6: [IPv6Prefix]) {
        fake.plug(name, addresses: addresses, addresses6: addresses6)
    }
    func plugPointToPoint(_ name: InterfaceName) { fake.plug(name, isPointToPoint: true) }
    func unplug(_ name: InterfaceName) { fake.unplug(name) }
    func setUp(_ isUp: Bool, _ name: InterfaceName) { fake.setUp(isUp, name) }
    func setCarrier(_ hasCarrier: Bool, _ name: InterfaceName) { fake.setCarrier(hasCarrier, name) }
    func strip(_ name: InterfaceName) { fake.setAddresses([], of: name) }
}

/// Each interface is one end of a veth pair; the other end is its cable.
final class LinuxBench: Bench {
    let linux: LinuxKernel
    var kernel: any Kernel { linux }

    private var plugged: Set<InterfaceName> = []

    init() throws { linux = try LinuxKernel() }

    /// The next test finds the namespace as this one found it.
    deinit {
        do {
            for name in plugged { try ip("link", "del", "\(name)") }
            for rule in try linux.snapshot(of: []).rules { try linux.apply(.deleteRule(rule)) }
        } catch { Issue.record(error) }
    }

    func plug(_ name: InterfaceName, _ addresses: [IPv4Prefix], _ addresses6: [IPv6Prefix]) throws {
        plugged.insert(name)
        try ip("link", "add", "\(name)", "type", "veth", "peer", "name", "c\(name)")
        // No addresses that nobody asked for, which would be told of at any time.
        for end in ["\(name)", "c\(name)"] { try ip("link", "set", end, "addrgenmode", "none") }
        for address in addresses { try ip("addr", "add", "\(address)", "dev", "\(name)") }
        for address in addresses6 { try ip("addr", "add", "\(address)", "dev", "\(name)", "nodad") }
        try ip("link", "set", "\(name)", "up")
        try ip("link", "set", "c\(name)", "up")
    }

    func plugPointToPoint(_ name: InterfaceName) throws {
        plugged.insert(name)
        try ip("tuntap", "add", "dev", "\(name)", "mode", "tun")
        try ip("link", "set", "\(name)", "up")
    }

    func unplug(_ name: InterfaceName) throws {
        try ip("link", "del", "\(name)")
        plugged.remove(name)
    }
    func setUp(_ isUp: Bool, _ name: InterfaceName) throws { try ip("link", "set", "\(name)", isUp ? "up" : "down") }
    func setCarrier(_ hasCarrier: Bool, _ name: InterfaceName) throws {
        try ip("link", "set", "c\(name)", hasCarrier ? "up" : "down")
    }
    func strip(_ name: InterfaceName) throws { try ip("addr", "flush", "dev", "\(name)") }
}
