import Foundation

/// Two namespaces: a box with two WANs, and the world that both lead to.
///
///     box                                          world
///     eth0 192.0.2.2/24    ── metric 1 ──  w0 192.0.2.1/24
///     usb0 198.51.100.2/24 ── metric 2 ──  w1 198.51.100.1/24     lo 203.0.113.1, 203.0.113.9
///
/// The same in IPv6: 2001:db8:1::/64, 2001:db8:2::/64, and 2001:db8:9::1 on lo; the gateways are fe80::1.
final class TwoWANs {
    /// The one where most probes go.
    static let target = "203.0.113.1"
    static let target6 = "2001:db8:9::1"

    private let prefix: String
    private var children: [Child] = []

    var box: String { prefix + "-box" }
    var world: String { prefix + "-world" }

    /// Names carry the process id and the test's own word: two runs can share a machine, and two tests a run.
    init(_ name: String) throws {
        prefix = "up\(getpid())-\(name)"
        do {
            for namespace in [box, world] { try run(["ip", "netns", "add", namespace]) }
            try addCable("eth0", "w0")
            try addCable("usb0", "w1")
            try ip(
                world, "link set lo up", "addr add \(Self.target)/32 dev lo", "addr add 203.0.113.9/32 dev lo",
                "addr add \(Self.target6)/128 dev lo nodad")
            // Replies may come in by the other WAN, so that it is the prober that refuses them.
            for key in ["all", "default", "eth0", "usb0"] { try inBox(["sysctl", "-qw", "net.ipv4.conf.\(key).rp_filter=0"]) }
            for key in ["all", "w0", "w1"] { try inWorld(["sysctl", "-qw", "net.ipv4.conf.\(key).rp_filter=0"]) }
        } catch {
            remove()
            throw error
        }
    }

    /// For a test: makes it, and takes it away however the test ends.
    static func with(_ name: String, _ body: (TwoWANs) throws -> Void) throws {
        let wans = try TwoWANs(name)
        defer { wans.remove() }
        try body(wans)
    }

    /// Plugs a modem in: its interface, address and route.
    func addCable(_ near: String, _ far: String) throws {
        let network = near == "eth0" ? "192.0.2" : "198.51.100"
        try run(["ip", "-n", box, "link", "add", near, "type", "veth", "peer", "name", far, "netns", world])
        let network6 = "2001:db8:\(near == "eth0" ? 1 : 2)"
        let metric = near == "eth0" ? 1 : 2
        try ip(
            world, "addr add \(network).1/24 dev \(far)", "addr add \(network6)::1/64 dev \(far) nodad",
            "addr add fe80::1/64 dev \(far) nodad", "link set \(far) up")
        try ip(
            box, "addr add \(network).2/24 dev \(near)", "addr add \(network6)::2/64 dev \(near) nodad",
            "addr add fe80::2/64 dev \(near) nodad", "link set \(near) up",
            "route add default via \(network).1 dev \(near) metric \(metric)",
            "route add default via fe80::1 dev \(near) metric \(metric)")
    }

    /// IPv6 is not ready as soon as an interface is up, and what is sent before is lost.
    func settle6() throws {
        let deadline = Deadline()
        for near in ["eth0", "usb0"] {
            while !(try inBox(["sh", "-c", "ping -c 1 -W 1 -I \(near) \(Self.target6) || true"]).contains(" 0% packet loss")) {
                guard !deadline.isOver else { throw Failure("no IPv6 by \(near)") }
            }
        }
    }

    /// What the world has no route to, it says is unreachable.
    func forward() throws {
        try inWorld(["sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1"])
    }

    /// `ip` commands, as one batch.
    func ip(_ namespace: String, _ lines: String...) throws {
        try run(["ip", "-n", namespace, "-batch", "-"], input: lines.joined(separator: "\n") + "\n")
    }

    func index(of interface: String) throws -> UInt32 {
        let text = try inBox(["cat", "/sys/class/net/\(interface)/ifindex"])
        guard let index = UInt32(text.trimmingCharacters(in: .whitespacesAndNewlines)) else { throw Failure("no index in '\(text)'") }
        return index
    }

    @discardableResult func inBox(_ command: [String]) throws -> String { try run(["ip", "netns", "exec", box] + command) }
    @discardableResult func inWorld(_ command: [String]) throws -> String { try run(["ip", "netns", "exec", world] + command) }

    func prober() throws -> ProberChild {
        let folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        return ProberChild(try child(in: box, [programFolder(from: folder).appendingPathComponent("ProbingChild").path]))
    }

    func spoofer() throws -> Child {
        try inWorld(["sysctl", "-qw", "net.ipv4.icmp_echo_ignore_all=1"])
        return try script("spoofer.py")
    }

    /// Name servers and web servers at `target` and `target6`.
    func services() throws -> Child { try script("world.py") }

    /// Takes in all that they have written so far; they talk again, if they were silent.
    func settle(_ services: Child) throws {
        try services.say("talk")
        _ = try services.line(beginning: "done")
    }

    private func script(_ name: String) throws -> Child {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let child = try child(in: world, ["python3", folder.appendingPathComponent(name).path, "203.0.113.9"])
        _ = try child.line(beginning: "ready")
        return child
    }

    private func child(in namespace: String, _ command: [String]) throws -> Child {
        let child = try Child(["ip", "netns", "exec", namespace] + command)
        children.append(child)
        return child
    }

    /// The test bundle lies among the built programs; the test runner of the toolchain, which may have loaded it, does not.
    private func programFolder(from folder: URL) -> URL {
        let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") }
        return bundle.map { URL(fileURLWithPath: $0).deletingLastPathComponent() } ?? folder
    }

    private func remove() {
        for child in children { child.end() }
        for namespace in [box, world] {
            // Setting up may have failed before it was there.
            do { try run(["ip", "netns", "del", namespace]) } catch { print("\(namespace) was not deleted: \(error)") }
        }
    }
}

/// The prober in the box's namespace.
struct ProberChild {
    private let child: Child

    init(_ child: Child) { self.child = child }

    func send(_ id: Int, by interface: String, index: UInt32, to address: String = TwoWANs.target) throws {
        try child.say("send \(id) \(interface) \(index) \(address)")
    }

    /// Its round-trip time in seconds.
    func answer(to id: Int) throws -> Double {
        let words = try child.line(beginning: "answered \(id) ").split(separator: " ")
        guard words.count == 3, let seconds = Double(words[2]) else { throw Failure("not an answer: \(words)") }
        return seconds
    }

    func error(of id: Int) throws -> String { try child.line(beginning: "not-sent \(id) ") }

    /// Any question, in the words of ProbingChild.
    func ask(_ id: Int, by interface: String, index: UInt32, _ question: String) throws {
        try child.say("send \(id) \(interface) \(index) \(question)")
    }

    /// `refused 203.0.113.1:81 refuses …`
    func wrong(_ id: Int) throws -> String {
        let start = "wrong \(id) "
        return String(try child.line(beginning: start).dropFirst(start.count))
    }

    func forgetRoutes() throws {
        try child.say("routes-changed")
        _ = try child.line(beginning: "forgotten")
    }

    func retain(_ interfaces: String...) throws {
        try child.say("retain \(interfaces.joined(separator: " "))")
        _ = try child.line(beginning: "retained")
    }

    func counters() throws -> [String: Int] {
        try child.say("counters")
        let pairs = try child.line(beginning: "counters ").split(separator: " ").dropFirst().map { $0.split(separator: "=") }
        return Dictionary(uniqueKeysWithValues: pairs.map { (String($0[0]), Int($0[1]) ?? -1) })
    }

    /// Polls until the counters are as wanted.
    func counters(until wanted: ([String: Int]) -> Bool) throws -> [String: Int] {
        let deadline = Deadline()
        while true {
            let counters = try counters()
            if wanted(counters) { return counters }
            guard !deadline.isOver else { throw Failure("the counters stay \(counters)") }
            usleep(5000)
        }
    }

    /// In the words of ProbingChild.
    func load(_ arguments: String) throws -> [String: Double] {
        try child.say("load \(arguments)")
        let pairs = try child.line(beginning: "load ").split(separator: " ").dropFirst().map { $0.split(separator: "=") }
        return Dictionary(uniqueKeysWithValues: pairs.map { (String($0[0]), Double($0[1]) ?? -1) })
    }

    func reported() -> String { child.transcript }
}
