import Dispatch
import Engine
import Control
import LinuxKernel
import Model
import Plan

/// The firewall is a child process at a time: it never keeps the queue waiting, and its outcome comes back as an event.
extension Daemon {
    /// How often a firewall that tells of no changes is looked at.
    private static let pollInterval: DispatchTimeInterval = .seconds(3)

    func observeFirewall() { workOnFirewall(nil) }
    func applyFirewall(_ restore: FirewallRestore) { workOnFirewall(restore) }

    private func workOnFirewall(_ restore: FirewallRestore?) {
        guard firewallTask == nil else {
            // What is under way may have looked before this change: look once more after it.
            isFirewallStale = true
            return
        }
        let variant = engine.settings.iptables
        firewallTask = Task { [firewall, retiredFirewall] in
            do throws(FirewallError) {
                let found: IPTables
                if let firewall { found = firewall } else { found = try await IPTables.find(variant) }
                if let retiredFirewall, retiredFirewall.backend != found.backend { try await retiredFirewall.takeBack() }
                if let restore { try await found.apply(restore) }
                firewallDone(found, of: variant, .firewallObserved(try await found.observe()))
            } catch {
                firewallDone(firewall, of: variant, .firewallFailed(error: error.description))
            }
        }
    }

    private func firewallDone(_ found: IPTables?, of variant: IPTablesVariant, _ event: Event) {
        firewallTask = nil
        // A reload that came meanwhile wants another one: what was seen of this one says nothing.
        guard variant == engine.settings.iptables else { return observeFirewall() }
        if case .firewallObserved = event { retiredFirewall = nil }
        if firewall == nil, let found, found.backend == .legacy || notices.firewallProblem != nil { pollFirewall(found) }
        firewall = found
        take(event)
        if isFirewallStale {
            isFirewallStale = false
            observeFirewall()
        }
        announceOrder()
    }

    /// Another variant is wanted from now on; what we made with the old one is taken back.
    func changeFirewall() {
        retiredFirewall = firewall ?? retiredFirewall
        firewall = nil
    }

    /// Ends by itself when a reload has chosen another variant.
    private func pollFirewall(_ polled: IPTables) {
        executor.queue.asyncAfter(deadline: .now() + Self.pollInterval) { [weak self] in
            self?.assumeIsolated { daemon in
                guard daemon.firewall === polled else { return }
                daemon.observeFirewall()
                daemon.pollFirewall(polled)
            }
        }
    }

    /// Once, when routes, rules and NAT stand for the first time since the start.
    func announceOrder() {
        guard !announcedOrder, engine.isInOrder else { return }
        announcedOrder = true
        let time = clock.now().sinceStart
        publish(
            Notice(
                .daemon, .notice, "Routes, rules and NAT are in order.", details: ["after_ms": "\(time.nanoseconds / 1_000_000)"]))
    }
}

extension Firewall {
    /// Removes all of ours. What was done, if anything was.
    @discardableResult
    func takeBack(isDryRun: Bool = false) async throws(FirewallError) -> FirewallRestore? {
        guard let restore = FirewallRestore(desired: nil, observed: try await observe()) else { return nil }
        if !isDryRun { try await apply(restore) }
        return restore
    }
}
