import Health
import Model
import Selection

/// uplinkd itself: the very code that the daemon runs, without the kernel that its word is done to.
struct Uplinkd: Detector {
    struct Settings: Hashable, Sendable {
        var profile = ProbeProfile.normal
        /// nil: the profile's.
        var interval: Duration?
        /// Beyond the gateway.
        var targets = 3
        var asksGateway = true
        /// The profile's, or as fast as the interval allows: for the sweep.
        var minimumRTO: Duration?
        var burstInterval: Duration?

        var probe: ProbeSettings {
            var probe = profile.settings
            let beyond = (1...targets).map { Target.address(IPv4Address(bits: UInt32($0))) }
            probe.targets = (asksGateway ? [.gateway] : []) + beyond
            if let interval { probe.interval = interval }
            if let minimumRTO { probe.minimumRTO = minimumRTO }
            if let burstInterval { probe.burstInterval = burstInterval }
            return probe
        }
    }

    private static let gateway = IPAddress.v4(IPv4Address(bits: 0))

    private var judgement: Judgement
    private let names: [WANName]
    private(set) var deadline: Nanoseconds = 0
    private(set) var selected: Int? = 0
    private(set) var told = 0

    init(_ settings: Settings) {
        let probe = settings.probe
        let wans = ["primary", "backup"].enumerated().compactMap { index, text -> WANSettings? in
            guard let name = WANName(text), let interface = InterfaceName("eth\(index)") else { return nil }
            return WANSettings(name: name, interface: interface, metric: UInt32(index + 1), number: index + 1, probe: probe)
        }
        names = wans.map(\.name)
        judgement = Judgement(at: .start)
        judgement.configure(Model.Settings(lan: [], wans: wans), at: .start)
        judgement.begin(with: names.first)
        for index in wans.indices { judgement.observe(index, .ready(interfaceIndex: UInt32(index), gateway: Self.gateway), at: .start) }
    }

    mutating func advance(to now: Nanoseconds, _ wire: inout Wire) { judge(at: now, &wire) }

    mutating func answered(_ answer: Wire.Answer, at now: Nanoseconds, _ wire: inout Wire) {
        judgement.take(
            ProbeID(number: answer.id), .answered(seconds: Double(answer.roundTrip) / 1e9), at: Instant(sinceStart: .nanoseconds(now)))
        judge(at: now, &wire)
    }

    private mutating func judge(at time: Nanoseconds, _ wire: inout Wire) {
        let now = Instant(sinceStart: .nanoseconds(time))
        judgement.advance(to: now)
        let (requests, readings) = judgement.takeRequests()
        for request in requests {
            guard case .echo(.address(.v4(let address))) = request.question else { preconditionFailure("only echoes are configured") }
            // The question's bytes are those of the probe and its answer.
            wire.send(
                request.id.number, by: Int(request.interfaceIndex), to: Int(address.bits), size: request.question.bytes / 2, at: time)
        }
        for name in readings { judgement.count(name, wire.counters(of: name == names[0] ? 0 : 1, at: time), at: now) }
        // A reading may be what raises a suspicion.
        if !readings.isEmpty { return judge(at: time, &wire) }
        told += judgement.takeChanges().count
        selected = names.firstIndex { $0 == judgement.selection.wan }
        deadline = judgement.deadline.map(Self.roundedUp) ?? never
    }

    /// Smoothed round trips have fractions of a nanosecond. Woken a fraction too early, nothing would be due yet, again and again.
    private static func roundedUp(_ moment: Instant) -> Nanoseconds {
        let floor = moment.sinceStart.nanoseconds
        return moment.sinceStart > .nanoseconds(floor) ? floor + 1 : floor
    }
}
