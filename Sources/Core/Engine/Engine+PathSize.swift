import Health
package import Model
import Selection

/// A WAN, and one family by it.
struct SizedWay: Hashable {
    var wan: WANName
    var family: IPFamily
}

extension Engine {
    /// While so much is lost a long probe proves nothing.
    private static let mostLoss = 0.1

    /// Of WANs by which less passes than their interfaces take, the longest packet that does. What is known of one family holds for the other while
    /// nothing is known of that.
    var passing: [WANName: [IPFamily: Int]] {
        var passing: [WANName: [IPFamily: Int]] = [:]
        for (way, size) in sizes { if let found = size.found { passing[way.wan, default: [:]][way.family] = found.size } }
        for (wan, known) in passing {
            for family in IPFamily.allCases where !isSized(wan, family) {
                passing[wan]?[family] = known.values.min().map { max($0, PathSize.floor(family)) }
            }
        }
        return passing
    }

    private func isSized(_ wan: WANName, _ family: IPFamily) -> Bool {
        settings[wan].map { !$0.probe.longTargets(family).isEmpty } ?? false
    }

    /// What is lost by a WAN without a word, in the order of the metrics.
    package func lostSizes(of wan: WANName) -> [(family: IPFamily, found: PathSize.Found)] {
        IPFamily.allCases.compactMap { family in
            guard let found = sizes[SizedWay(wan: wan, family: family)]?.found, !found.isTold else { return nil }
            return (family, found)
        }
    }

    /// Sessions by it would stall: longer segments are agreed on than pass.
    func stallingSize(of wan: WANSettings) -> Int? {
        lostSizes(of: wan.name).lazy.filter { !wan.mss.fits($0.found.size, $0.family) }.map(\.found.size).first
    }

    mutating func takeSize(_ id: ProbeID, _ family: IPFamily, of number: Int, _ outcome: ProbeOutcome, at now: Instant) {
        guard let wan = settings.wans.first(where: { $0.number == number }),
            sizes[SizedWay(wan: wan.name, family: family)]?.take(id, outcome) ?? false
        else { return }
        sizesDueAt = now
    }

    /// What is to be asked now.
    /// - Returns: also whether what is known of some path has changed.
    mutating func checkSizes(at now: Instant, _ notices: inout [Happening]) -> (effects: [Effect], isNews: Bool) {
        let before = sizes.mapValues(\.found)
        var effects: [Effect] = []
        // Twice: whoever is to be compared with is asked at once.
        for _ in 0..<2 {
            for wan in settings.wans.map(\.name) {
                for family in IPFamily.allCases {
                    if let health = judgement.health(family, of: wan) { effects += checkSize(health, family, at: now, &notices) }
                }
            }
        }
        sizesDueAt = sizes.values.compactMap(\.deadline).min()
        counters.probesSent += effects.count
        return (effects, sizes.mapValues(\.found) != before)
    }

    private mutating func checkSize(_ health: WANHealth, _ family: IPFamily, at now: Instant, _ notices: inout [Happening]) -> [Effect] {
        let wan = health.wan
        let way = SizedWay(wan: wan.name, family: family)
        guard let interface = snapshot?.interface(wan.interface), let mtu = interface.mtu(family), isSized(wan.name, family) else {
            // What was known before the modem went is as good as any guess.
            if snapshot?.interface(wan.interface) != nil { sizes[way] = nil }
            return []
        }
        var size = sizes[way] ?? PathSize()
        var news: PathSize.News?
        let (asked, wantsComparison) = size.advance(
            standing(of: health, family, by: interface.index), whole: min(mtu, PathSize.longest),
            every: wan.sizeInterval(standsBy: wan.name != selection(family).wan),
            &sizeBook, at: now, &news)
        sizes[way] = size
        if wantsComparison {
            for other in sizes.keys where other.wan != wan.name && other.family == family { sizes[other]?.compare(at: now) }
        }
        if news != nil { notices.append(.pathSize(wan.name, family, size.found, wan.mss)) }
        return asked.map { one in
            .probe(
                ProbeRequest(
                    id: one.id, wan: wan.name, interface: wan.interface, interfaceIndex: interface.index,
                    question: .echo(.address(one.target)), gateway: health.gateway, timeout: wan.probe.timeout, size: one.size))
        }
    }

    private func standing(of health: WANHealth, _ family: IPFamily, by index: UInt32) -> PathSize.Standing {
        let wan = health.wan
        switch health.state {
        case .absent, .noCarrier, .noGateway, .unknown, .down, .recovering: return .down
        case .suspect, .impaired: return .busy
        case .up: break
        }
        // What a drill plays says nothing of the WAN; and a full queue drops long packets before short ones.
        guard wan.name != drill?.order.wan, !health.isDelayed, health.quality.loss ?? 0 <= Self.mostLoss else { return .busy }
        let answering = health.targets.filter { !$0.isMute && $0.hasEverAnswered }.map(\.target.question)
        let targets = wan.probe.longTargets(family).filter { answering.contains(.echo(.address($0))) }
        guard !targets.isEmpty else { return .busy }
        return .good(
            PathSize.Way(
                wan: wan.number, family: family, interfaceIndex: index, targets: targets, timeout: wan.probe.timeout))
    }
}

extension Interface {
    fileprivate func mtu(_ family: IPFamily) -> Int? { family == .v4 ? mtu : mtu.map { min($0, mtu6 ?? $0) } }
}

extension SegmentClamp {
    /// No longer segments are agreed on than fit into packets of that size.
    func fits(_ size: Int, _ family: IPFamily) -> Bool {
        switch self {
        case .off: false
        case .auto: true
        case .atMost(let most): most <= family.segment(in: size)
        }
    }
}
