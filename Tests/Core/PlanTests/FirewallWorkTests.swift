import Model
import Plan
import Testing

@Suite("What is to be done with the firewall")
struct FirewallWorkTests {
    private let nft = FirewallChoice(Settings(lan: [], wans: [], iptables: .nft))
    private let legacy = FirewallChoice(Settings(lan: [], wans: [], iptables: .legacy))
    private let auto = FirewallChoice(Settings(lan: [], wans: [], iptables: .auto))

    private func restore(_ place: FirewallPlace, _ text: String = "") -> FirewallRestore { FirewallRestore(place, text: text) }

    private func next(_ work: inout FirewallWork) throws -> FirewallWork.Order {
        let order = work.next(isInOrder: true)
        return try #require(order)
    }

    /// All that it wants done now, each done at once by what is found for its choice.
    private func drain(_ work: inout FirewallWork, isInOrder: Bool = true, kinds: [FirewallChoice: String] = [:]) -> [FirewallWork.Order] {
        var orders: [FirewallWork.Order] = []
        while let order = work.next(isInOrder: isInOrder) {
            orders.append(order)
            _ = work.ended(order, by: kinds[order.choice] ?? order.choice.iptables.rawValue)
        }
        return orders
    }

    @Test("one thing at a time, NAT first, and of a place the latest change")
    func order() throws {
        var work = FirewallWork(nft)
        work.apply(restore(.mangle6))
        work.apply(restore(.mangle, "old"))
        work.look(at: [.nat6, .nat])
        work.apply(restore(.mangle, "new"))
        let first = try next(&work)
        #expect(first == .init(job: .look(.nat), choice: nft))
        #expect(work.next(isInOrder: true) == nil)
        #expect(work.ended(first, by: "nft") == true)
        #expect(drain(&work).map(\.job) == [.apply(restore(.mangle, "new")), .look(.nat6), .apply(restore(.mangle6))])
    }

    @Test("a change that waits is looked at anyway; a change takes the place of a look")
    func lookAndChange() {
        var work = FirewallWork(nft)
        work.apply(restore(.nat))
        work.look(at: [.nat, .mangle])
        work.apply(restore(.mangle))
        #expect(drain(&work).map(\.job) == [.apply(restore(.nat)), .apply(restore(.mangle))])
    }

    @Test("what is asked for again while it is under way is done again")
    func again() throws {
        var work = FirewallWork(nft)
        work.look(at: [.nat])
        let first = try next(&work)
        work.look(at: [.nat])
        #expect(work.ended(first, by: "nft") == true)
        #expect(drain(&work).map(\.job) == [.look(.nat)])
    }

    @Test("one that is retired is taken back once all is in order with the new one, and not before")
    func retired() {
        var work = FirewallWork(nft)
        work.look(at: [.nat])
        _ = drain(&work)
        work.apply(restore(.nat, "for the old one"))
        work.choose(legacy)
        #expect(drain(&work) == [], "nobody has found the new one")
        work.look(at: [.nat])
        #expect(drain(&work, isInOrder: false) == [.init(job: .look(.nat), choice: legacy)])
        #expect(drain(&work) == [.init(job: .takeBack, choice: nft)])
        #expect(drain(&work) == [])
    }

    @Test("several that are retired go one after the other; one that was never found has left nothing")
    func several() {
        let table = FirewallChoice(Settings(lan: [], wans: [], firewall: .nftables))
        var work = FirewallWork(nft)
        work.look(at: [.nat])
        _ = drain(&work)
        work.choose(table)
        work.choose(legacy)
        work.look(at: [.nat])
        _ = drain(&work, isInOrder: false)
        work.choose(table)
        work.look(at: [.inet])
        #expect(drain(&work, kinds: [table: "nftables"]).map(\.choice) == [table, nft, legacy])
    }

    @Test("two of the same kind see the same rules: those of the one that is in use are never taken back")
    func sameKind() {
        var work = FirewallWork(auto)
        work.look(at: [.nat])
        _ = drain(&work, kinds: [auto: "nft"])
        work.choose(nft)
        work.look(at: [.nat])
        #expect(drain(&work).map(\.job) == [.look(.nat)])
    }

    @Test("there and back again: what is in use isn't taken back, and what was used between is")
    func thereAndBack() {
        var work = FirewallWork(nft)
        work.look(at: [.nat])
        _ = drain(&work)
        work.choose(legacy)
        work.look(at: [.nat])
        _ = drain(&work, isInOrder: false)
        work.choose(nft)
        work.look(at: [.nat])
        #expect(drain(&work) == [.init(job: .look(.nat), choice: nft), .init(job: .takeBack, choice: legacy)])
    }

    @Test("a reload while something is under way: its outcome says nothing of the new one, and what it has done is taken back")
    func meanwhile() throws {
        var work = FirewallWork(nft)
        work.apply(restore(.nat))
        let first = try next(&work)
        work.choose(legacy)
        #expect(work.ended(first, by: "nft") == false)
        work.look(at: [.nat])
        #expect(drain(&work) == [.init(job: .look(.nat), choice: legacy), .init(job: .takeBack, choice: nft)])
    }

    @Test("a reload back while it is being taken back: it is made anew after that")
    func backMeanwhile() throws {
        var work = FirewallWork(nft)
        work.look(at: [.nat])
        _ = drain(&work)
        work.choose(legacy)
        work.look(at: [.nat])
        let look = try next(&work)
        #expect(work.ended(look, by: "legacy") == true)
        let takeBack = try next(&work)
        #expect(takeBack == .init(job: .takeBack, choice: nft))
        work.choose(nft)
        work.look(at: [.nat])
        #expect(work.next(isInOrder: true) == nil)
        #expect(work.ended(takeBack, by: "nft") == false)
        #expect(drain(&work) == [.init(job: .look(.nat), choice: nft), .init(job: .takeBack, choice: legacy)])
    }

    @Test("one that isn't on this box is looked for again, and takes nothing back")
    func missing() throws {
        var work = FirewallWork(nft)
        work.look(at: [.nat])
        _ = drain(&work)
        work.choose(legacy)
        work.look(at: [.nat])
        let look = try next(&work)
        #expect(work.ended(look, by: nil) == true)
        #expect(work.next(isInOrder: true) == nil)
    }
}
