import Dispatch
import Engine
import Control
import Floor
import LinuxKernel
import Logging
import Model
import Plan

/// The firewall is a child process at a time: it never keeps the queue waiting, and its outcome comes back as an event.
extension Daemon {
    /// How often a firewall that tells of no changes is looked at.
    private static let pollInterval: DispatchTimeInterval = .seconds(3)

    func observeFirewall() { observeFirewall(engine.desiredFirewall.places) }

    func observeFirewall(_ places: [FirewallPlace]) {
        retireFirewall()
        // A change that waits is looked at as well.
        for place in places where firewallToDo[place] == nil { firewallToDo[place] = .some(nil) }
        workOnFirewall()
    }

    /// Only at what the notices concern: NAT is back sooner than four programs could have looked at everything.
    func observeFirewall(_ notices: Set<KernelNotice>) {
        if notices.contains(.overrun) { return observeFirewall() }
        let places = engine.desiredFirewall.places.filter { notices.contains(.firewall($0)) }
        if !places.isEmpty { observeFirewall(places) }
    }

    func applyFirewall(_ restore: FirewallRestore) {
        retireFirewall()
        firewallToDo[restore.place] = restore
        workOnFirewall()
    }

    /// One place after the other, and NAT first.
    private func workOnFirewall() {
        guard firewallTask == nil, let (place, restore) = firewallToDo.min(by: { $0.key < $1.key }) else { return }
        firewallToDo[place] = nil
        let settings = engine.settings
        firewallSettings = settings
        firewallTask = Task { [firewall] in
            do throws(FirewallError) {
                let found: any Firewall
                if let firewall { found = firewall } else { found = try await Self.findFirewall(settings) }
                do throws(FirewallError) {
                    if let restore { try await found.apply(restore) }
                    firewallDone(found, for: settings, .firewallObserved(place, try await found.observe(place)))
                } catch {
                    firewallDone(found, for: settings, .firewallFailed(place, error: error.description))
                }
            } catch {
                firewallDone(nil, for: settings, .firewallFailed(place, error: error.description))
            }
        }
    }

    static func findFirewall(_ settings: Settings) async throws(FirewallError) -> any Firewall {
        switch settings.firewall {
        case .iptables: try await IPTables.find(settings.iptables)
        case .nftables: try await NFTables.find()
        }
    }

    private func firewallDone(_ found: (any Firewall)?, for old: Settings, _ event: Event) {
        firewallTask = nil
        // A reload that came meanwhile wants another one: what was seen of this one says nothing.
        guard old.firewall == engine.settings.firewall, old.iptables == engine.settings.iptables else { return observeFirewall() }
        if firewall == nil, let found, !found.sendsNotices || notices.firewallProblem != nil { pollFirewall(found) }
        firewall = found
        take(event)
        workOnFirewall()
        takeBackRetired()
        announceOrder()
    }

    /// Another one is wanted than the last time.
    private func retireFirewall() {
        let (old, new) = (firewallSettings, engine.settings)
        guard let old, old.firewall != new.firewall || old.iptables != new.iptables else { return }
        firewallSettings = new
        if let firewall { retiredFirewalls.append(firewall) }
        firewall = nil
        firewallToDo = [:]
    }

    /// What the old firewalls hold of ours, once that of the new one stands: there is no moment without NAT.
    private func takeBackRetired() {
        guard firewallTask == nil, let firewall, engine.isFirewallSettled else { return }
        retiredFirewalls.removeAll { $0.kind == firewall.kind }
        guard engine.isNATInOrder, let retired = retiredFirewalls.first else { return }
        firewallTask = Task {
            var problem: FirewallError?
            for place in retired.places {
                // What can't be looked at, as where ip6tables is missing, holds nothing of ours, or nothing that we could take back.
                do throws(FirewallError) { try await retired.takeBack(place) } catch { problem = problem ?? error }
            }
            retiredDone(problem)
        }
    }

    private func retiredDone(_ problem: FirewallError?) {
        let retired = retiredFirewalls.removeFirst()
        if let problem {
            log.warning(
                "Not all rules of the firewall before could be taken back; `uplinkctl teardown` and a restart do it",
                metadata: ["firewall": "\(retired.kind)", "problem": "\(problem)"])
        }
        firewallTask = nil
        workOnFirewall()
        takeBackRetired()
    }

    /// Ends by itself when a reload has chosen another firewall.
    private func pollFirewall(_ polled: any Firewall) {
        executor.queue.asyncAfter(deadline: .now() + Self.pollInterval) { [weak self] in
            self?.assumeIsolated { daemon in
                guard daemon.firewall === polled else { return }
                daemon.observeFirewall()
                daemon.pollFirewall(polled)
            }
        }
    }

    /// Nobody's session waits for this.
    func surveyBox() {
        let settings = engine.settings
        Task {
            let found = await BoxSurvey.warnings(for: settings)
            guard settings == engine.settings else { return }
            for problem in found where !boxProblems.contains(problem) { publish(Notice(.firewall, .warning, "On this box \(problem).")) }
            boxProblems = found
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
    /// Removes all of ours from this place. What was done, if anything was.
    @discardableResult
    func takeBack(_ place: FirewallPlace, isDryRun: Bool = false) async throws(FirewallError) -> FirewallRestore? {
        guard let restore = FirewallRestore(place, desired: nil, observed: try await observe(place)) else { return nil }
        if !isDryRun { try await apply(restore) }
        return restore
    }
}
