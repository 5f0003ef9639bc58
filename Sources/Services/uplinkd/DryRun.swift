import Chassis
import Devices
import Engine
import LinuxKernel
import Model
import Plan
import Scenario
import Shell

/// `--dry-run`: what the first plan on this box would be.
struct DryRun {
    let settings: Settings
    let control: String
    let asJSON: Bool

    func run() throws(Failure) {
        // Without them the firewall can't be read, and would look as if it refused us.
        try Privilege.require(needed, unit: "uplinkd")
        var answer = Answer()
        var beginning = Scenario.Beginning()
        do {
            beginning = try StateFile(besideSocket: control).read()
        } catch {
            answer.notes.append("\(error)")
        }
        var engine: Engine
        var effects: [Effect]
        do throws(KernelError) {
            let kernel = try LinuxKernel()
            let present = try DeviceSurvey().devices()
            beginning.recall(from: kernel, settings.assigned(among: present))
            engine = Engine(settings: settings, beginning, at: .start)
            effects = engine.handle(.devices(present), at: .start)
            let snapshot = try kernel.snapshot(of: engine.interfaces, lan: engine.lan)
            _ = engine.handle(.files(BoxFilesReader.read(engine.interfacesOfFiles(in: snapshot))), at: .start)
            effects += engine.handle(.snapshot(snapshot), at: .start)
        } catch {
            throw Failure(status: .failed, message: "\(error)")
        }
        for event in blocking({ [settings = engine.settings] in await Self.observeFirewall(settings) }) {
            effects += engine.handle(event, at: .start)
        }
        for effect in effects {
            switch effect {
            case .apply(let operations): answer.commands += operations.map(\.description)
            case .applyFirewall(let restore): answer.commands.append(restore.description)
            case .remember, .sweep, .observeFirewall, .readKernel, .probe, .readCounters, .lookAtSockets, .notify: break
            }
        }
        if answer.commands.isEmpty && engine.firewallProblems.isEmpty {
            answer.notes.append("Nothing to do: routes, rules and NAT are as they should be.")
        }
        answer.notes += engine.firewallProblems.map { "\($0.sentence.text)." }
        answer.notes += engine.explanation(at: .start).map(\.text)
        answer.show(asJSON: asJSON)
    }

    private static func observeFirewall(_ settings: Settings) async -> [Event] {
        var found: (any Firewall)?
        var events: [Event] = []
        for place in FirewallDesired(settings).places {
            let order = FirewallWork.Order(job: .look(place), choice: FirewallChoice(settings))
            let outcome = await FirewallTask(order: order, firewall: found, find: Firewalls.find).run()
            found = outcome.firewall
            if let event = outcome.event { events.append(event) }
        }
        return events
    }
}
