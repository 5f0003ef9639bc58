import LinuxKernel
import Model
import Plan
import Testing

/// The rules of drills, as a kernel takes them and each program writes them.
@Suite(.serialized, .enabled(if: Place.isNamespace)) struct DrillRulesTests {
    private func reconcile(_ which: FirewallCase, _ firewall: any Firewall, _ desired: FirewallDesired) async throws -> Int {
        var changes = 0
        for place in which.places {
            guard let restore = FirewallRestore(place, desired: desired, observed: try await firewall.observe(place)) else { continue }
            try await firewall.apply(restore)
            changes += 1
        }
        return changes
    }

    @Test(
        "each fault is put in by one change and stands as it was written, is taken away by one, and leaves nothing",
        arguments: FirewallCase.allCases)
    func roundTrip(_ which: FirewallCase) async throws {
        defer { do { try which.clear() } catch { Issue.record(error) } }
        let firewall = try await which.find()
        let plain = try which.desired(["eth0", "usb0"])
        try which.addForeign()
        #expect(try await reconcile(which, firewall, plain) == which.places.count)
        let before = try which.everything()
        // Whatever share is asked for: the program shows what the kernel made of it, and that has to be what we want.
        let faults = [DrillFault.silent, .dns] + (which == .nft4 || which == .legacy4 ? Array(1...99) : [1, 50, 99]).map(DrillFault.lossy)
        for fault in faults {
            var desired = plain
            desired.drill = .init(wan: plain.wans[0], fault: fault, window: 1_709_251_199...1_900_000_000)
            #expect(try await reconcile(which, firewall, desired) == 1, "\(fault)")
            #expect(try await reconcile(which, firewall, desired) == 0, "\(fault)")
            if which == .nftables { #expect(desired.masquerades([.inet: try await firewall.observe(.inet)])) }
        }
        #expect(try await reconcile(which, firewall, plain) == 1)
        #expect(try which.everything() == before)
    }
}
