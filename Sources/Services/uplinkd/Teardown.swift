import Chassis
import Floor
import LinuxKernel
import Model
import Plan
import Shell
import Scenario

/// `--teardown`: plans for a box without us, from what the kernel says and what was written down before each change.
struct Teardown {
    let control: String
    let isDryRun: Bool
    let asJSON: Bool

    func run() throws(Failure) {
        try Privilege.require(needed, unit: "uplinkd")
        let lock = isDryRun ? nil : try InstanceLock(besideSocket: control)
        defer { withExtendedLifetime(lock) {} }
        let file = StateFile(besideSocket: control)
        var undo: Undo
        do {
            undo = try file.read().undo
        } catch {
            complain("uplinkd: \(error), so what we changed of others can't be put back")
            undo = Undo()
        }
        // Somebody (Docker, a VPN, an administrator) has made the whole box forward meanwhile: the 0 that a device had before is his no longer.
        if let forwards = try? Files.read("/proc/sys/net/ipv4/ip_forward"), forwards.first == UInt8(ascii: "1") {
            for interface in undo.settings.keys where undo.settings[interface]?[.forwarding] == 0 {
                undo.settings[interface]?[.forwarding] = nil
            }
        }
        var answer = Answer()
        do throws(KernelError) {
            let kernel = try LinuxKernel()
            // Once to take back, once to see that it is so; what the second look still finds has just failed.
            for isFirst in [true, false] {
                let plan = Plan(
                    desired: Desired(), observed: try kernel.snapshot(of: Set(undo.settings.keys).union(undo.displaced.map(\.interface))),
                    undo: undo)
                undo = plan.undo
                guard isFirst else { break }
                answer.commands += plan.operations.map(\.description)
                if isDryRun { break }
                answer.problems += kernel.carryOut(plan.operations).map(\.error.description)
            }
        } catch {
            answer.problems.append(error.description)
        }
        let (restores, problems) = blocking { [isDryRun] in await Firewalls.takeBack(isDryRun: isDryRun) }
        answer.commands += restores.map(\.description)
        answer.problems += problems
        if answer.commands.isEmpty, answer.problems.isEmpty { answer.notes.append("There is nothing of uplinkd's here.") }
        answer.show(asJSON: asJSON)
        guard answer.problems.isEmpty else {
            throw Failure(status: .failed, message: "not everything could be taken back\n" + answer.problems.joined(separator: "\n"))
        }
        if !isDryRun { file.remove() }
    }
}
