/// All that we want of the firewall.
package struct FirewallDesired: Equatable, Sendable {
    package struct WAN: Equatable, Sendable {
        package var interface: InterfaceName
        package var mark: UInt32
        /// IPv6 by this WAN is ours as well.
        package var hasIPv6: Bool
        /// What leaves by it gets this source. A family without one is masqueraded.
        package var sources: [IPFamily: IPAddress]
        package var segments4: Segments
        package var segments6: Segments

        package init(
            interface: InterfaceName, mark: UInt32, hasIPv6: Bool, sources: [IPFamily: IPAddress] = [:], segments4: Segments = .asTheyAre,
            segments6: Segments = .asTheyAre
        ) {
            self.interface = interface
            self.mark = mark
            self.hasIPv6 = hasIPv6
            self.sources = sources
            self.segments4 = segments4
            self.segments6 = segments6
        }

        func segments(_ family: IPFamily) -> Segments { family == .v4 ? segments4 : segments6 }
    }

    /// How long the segments may be that both ends of a TCP session agree on at its beginning (RFC 9293, section 3.7.1). Never longer than what the
    /// ends ask for themselves: the kernel sees to that.
    package enum Segments: Hashable, Sendable {
        case asTheyAre
        /// As the kernel's route has it: the MTU of the interface, or what it has learned of a way.
        case asTheRoute
        case atMost(Int)
    }

    /// The fault of a drill, as far as rules play it.
    package struct Drill: Equatable, Sendable {
        package var wan: WAN
        package var fault: DrillFault
        /// When the rules are in force, in seconds of Unix time.
        package var window: ClosedRange<Int64>

        package init(wan: WAN, fault: DrillFault, window: ClosedRange<Int64>) {
            self.wan = wan
            self.fault = fault
            self.window = window
        }
    }

    /// Sessions of the WANs that carry new ones, once they are established, on nftables' way past the rest (a flowtable).
    ///
    /// Of no others: what is to be taken from a WAN has been off this way since another was selected, and a flowtable that is made anew takes all of
    /// them apart at once. The kernel itself looks for sessions that have been deleted once a second.
    package struct FastPath: Equatable, Sendable {
        /// By its index as well: the kernel takes one that goes out of the flowtable, and one that comes under the same name isn't in it.
        package struct Device: Hashable, Sendable, Comparable {
            package var name: InterfaceName
            package var index: UInt32

            package init(name: InterfaceName, index: UInt32) {
                self.name = name
                self.index = index
            }

            package static func < (a: Self, b: Self) -> Bool { (a.name.description, a.index) < (b.name.description, b.index) }
        }

        package var devices: [Device]
        /// The mark of the WAN that carries each family.
        package var marks: [IPFamily: UInt32]
        /// Another one has the flowtable made anew.
        package var turn: Int

        package init(devices: Set<Device>, marks: [IPFamily: UInt32], turn: Int) {
            self.devices = devices.sorted()
            self.marks = marks
            self.turn = turn
        }
    }

    package var backend: FirewallBackend
    /// Where clients are: what they send out by a WAN without a session is refused.
    package var lan: [InterfaceName]
    /// The first choice first.
    package var wans: [WAN]
    /// The bits of packets' and sessions' marks that are ours.
    package var mask: UInt32
    /// There is room for rules that reset what belongs to sessions that were moved.
    package var tellsClients: Bool
    package var drill: Drill?
    /// nil: every packet goes the whole way.
    package var fastPath: FastPath?

    package init(
        backend: FirewallBackend, lan: [InterfaceName], wans: [WAN], mask: UInt32, tellsClients: Bool = false, drill: Drill? = nil,
        fastPath: FastPath? = nil
    ) {
        self.backend = backend
        self.lan = lan
        self.wans = wans
        self.mask = mask
        self.tellsClients = tellsClients
        self.drill = drill
        self.fastPath = fastPath
    }

    /// - Parameters:
    ///   - order: of a drill that plays its fault now.
    ///   - sources: those that masquerade wouldn't take by itself.
    ///   - passing: of a WAN by which less passes than its interface takes, the longest packet of each family that does.
    package init(
        _ settings: Settings, drill order: DrillOrder? = nil, sources: [WANName: [IPFamily: IPAddress]] = [:],
        passing: [WANName: [IPFamily: Int]] = [:], fastPath: FastPath? = nil
    ) {
        let wans = settings.wans.map { wan in
            let passing = passing[wan.name] ?? [:]
            return WAN(
                interface: wan.interface, mark: settings.markMask.mark(ofWAN: wan.number), hasIPv6: wan.ipv6 == .masquerade,
                sources: sources[wan.name] ?? [:], segments4: wan.mss.segments(.v4, passing: passing[.v4]),
                segments6: wan.mss.segments(.v6, passing: passing[.v6]))
        }
        self.init(
            backend: settings.firewall, lan: settings.lan, wans: wans, mask: settings.markMask.bits,
            tellsClients: settings.tellsClients == .on, fastPath: fastPath)
        if let order, order.fault.needsRules, let index = settings.wans.firstIndex(where: { $0.name == order.wan }) {
            drill = Drill(wan: wans[index], fault: order.fault, window: order.window)
        }
    }

    package var withoutDrill: FirewallDesired {
        FirewallDesired(backend: backend, lan: lan, wans: wans, mask: mask, tellsClients: tellsClients, fastPath: fastPath)
    }

    /// The drill as far as this place plays it: as what is masqueraded is, too, IPv6 that is somebody else's stays so.
    package func drill(in place: FirewallPlace) -> Drill? {
        guard let drill, places.contains(place), place.holdsMarks else { return nil }
        return place.isIPv6 && !drill.wan.hasIPv6 ? nil : drill
    }

    /// Where to look: also where nothing is wanted, because an earlier configuration may have wanted something there.
    package var places: [FirewallPlace] { backend.plan.places }

    /// Those whose packets this place sees.
    package func wans(in place: FirewallPlace) -> [WAN] { place.isIPv6 ? wans.filter(\.hasIPv6) : wans }
    package func isWanted(in place: FirewallPlace) -> Bool {
        guard places.contains(place), !wans(in: place).isEmpty else { return false }
        // What goes past all rules goes past those of a drill.
        if place.holdsFastPath { return fastPath != nil && drill == nil }
        return place.holdsNAT || place.holdsMarks || !lan.isEmpty
    }

    /// Every session that leaves by one of our WANs gets its address. Of IPv6 that is said only where it can be seen: without ip6tables
    /// nobody can do anything about it.
    package func masquerades(_ observed: [FirewallPlace: FirewallContents]) -> Bool {
        places.filter(\.holdsNAT).allSatisfy { place in
            guard let contents = observed[place] else { return place.isIPv6 }
            return !isWanted(in: place) || backend.plan.masquerades(place, self, contents)
        }
    }
}

extension SegmentClamp {
    fileprivate func segments(_ family: IPFamily, passing: Int?) -> FirewallDesired.Segments {
        switch self {
        case .off: .asTheyAre
        case .auto: passing.map { .atMost(family.segment(in: $0)) } ?? .asTheRoute
        case .atMost(let size): .atMost(size)
        }
    }
}

extension IPFamily {
    /// What a packet of that length carries of TCP: less the headers of both, without options.
    package func segment(in packet: Int) -> Int { max(0, packet - headerLength - 20) }
}
