import Health
import Model
import Selection

/// uplinkd itself: the real Health and Selection, without the kernel that their word is done to.
struct Uplinkd: Detector {
    struct Settings: Hashable, Sendable {
        var interval = Duration.seconds(1)
        /// Beyond the gateway.
        var targets = 3
        var asksGateway = true
    }

    /// An ICMP echo over IPv4 with a cookie of four bytes.
    static let size = 32

    private var healths: [WANHealth]
    private var outbox = Outbox()
    private var selection: Selection
    private let probe: ProbeSettings
    private(set) var deadline: Nanoseconds = 0

    init(_ settings: Settings, random: inout SplitMix64) {
        let beyond = (1...settings.targets).map { Target.address(IPv4Address(bits: UInt32($0))) }
        let probe = ProbeSettings(targets: (settings.asksGateway ? [.gateway] : []) + beyond, interval: settings.interval)
        self.probe = probe
        let names = ["primary", "backup"]
        let wans = names.indices.compactMap { index -> WANSettings? in
            guard let name = WANName(names[index]), let interface = InterfaceName("eth\(index)") else { return nil }
            return WANSettings(name: name, interface: interface, metric: UInt32(index + 1), number: index + 1)
        }
        healths = wans.map { WANHealth($0, probe: probe, at: .start) }
        selection = Selection(wan: wans.first?.name)
        for index in healths.indices {
            healths[index].observe(.ready(interfaceIndex: UInt32(index), gateway: IPv4Address(bits: 0)), at: .start)
        }
    }

    var selected: Int? { healths.firstIndex { $0.wan.name == selection.wan } }

    mutating func advance(to now: Nanoseconds, _ wire: inout Wire) { judge(at: now, &wire) }

    mutating func answered(_ answer: Wire.Answer, at now: Nanoseconds, _ wire: inout Wire) {
        healths[answer.wan].answered(answer.id, after: .nanoseconds(answer.roundTrip), at: Instant(sinceStart: .nanoseconds(now)))
        judge(at: now, &wire)
    }

    private mutating func judge(at time: Nanoseconds, _ wire: inout Wire) {
        let now = Instant(sinceStart: .nanoseconds(time))
        let wasSuspect = healths.contains { $0.wan.name == selection.wan && $0.state == .suspect }
        for index in healths.indices { healths[index].advance(to: now, &outbox) }
        let candidates = healths.map { Candidate(wan: $0.wan.name, health: $0.state) }
        selection = Selection.choose(from: candidates, current: selection.wan, pin: nil)
        for index in healths.indices { healths[index].pace(probe.interval, at: now) }
        if !wasSuspect, healths.contains(where: { $0.wan.name == selection.wan && $0.state == .suspect }) {
            for index in healths.indices where healths[index].wan.name != selection.wan {
                healths[index].askAtOnce(at: now)
                healths[index].advance(to: now, &outbox)
            }
        }
        for request in outbox.takeAll() {
            wire.send(
                request.id, by: Int(request.interfaceIndex), to: Int(request.address.bits), size: Self.size, at: time)
        }
        deadline = healths.compactMap(\.deadline).min()?.sinceStart.nanoseconds ?? never
    }
}
