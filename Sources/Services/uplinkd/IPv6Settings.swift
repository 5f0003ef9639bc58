import Chassis
import Devices
import Floor
import Glibc
import Model
import Plan
import Shell

/// `--ipv6-settings`: what IPv6 needs and netlink can't set, by the files of /proc/sys. The daemon itself sees none of them; its unit has a
/// helper that runs before it, and again at each new interface.
struct IPv6Settings {
    let settings: Settings
    let isDryRun: Bool
    let asJSON: Bool
    var folder = "/proc/sys/net/ipv6/conf"

    func run() throws(Failure) {
        var answer = Answer()
        let settings: Settings
        do throws(KernelError) {
            settings = self.settings.assigned(among: try DeviceSurvey().devices())
        } catch {
            throw Failure(status: .failed, message: "\(error)")
        }
        let wans = settings.wans.filter { $0.ipv6 == .masquerade }
        if access(folder, F_OK) != 0 {
            answer.notes.append("There is no IPv6 on this box.")
        } else if wans.isEmpty {
            answer.notes.append("No WAN is to have IPv6, so nothing is set.")
        } else {
            // Before the box forwards: from then on an interface with 1 takes no advertisements. Those that aren't ours keep what they have by
            // that; the LAN's must not tell a router where to go. With 0 somebody else takes them for the kernel (networkd, NetworkManager), or
            // nobody shall.
            let names =
                value("all/forwarding") == "1"
                ? wans.map { "\($0.interface)" } : present.filter { !settings.lan.map(\.description).contains($0) }
            for name in names where value("\(name)/accept_ra") == "1" { set("\(name)/accept_ra", to: "2", &answer) }
            // Of "default" as well (addrconf.c, addrconf_linkdown_change).
            set("all/ignore_routes_with_linkdown", to: "1", &answer)
            set("all/forwarding", to: "1", &answer)
        }
        answer.show(asJSON: asJSON)
        guard answer.problems.isEmpty else {
            throw Failure(status: .failed, message: answer.problems.joined(separator: "\n"))
        }
    }

    /// All interfaces that have IPv6.
    private var present: [String] {
        ((try? Files.names(in: folder)) ?? []).filter { !["all", "default", "lo"].contains($0) }.sorted()
    }

    private func value(_ name: String) -> String? {
        (try? Files.read("\(folder)/\(name)")).map { String(decoding: $0.filter { $0 != UInt8(ascii: "\n") }, as: UTF8.self) }
    }

    /// What stands already isn't written again: the kernel would go through all interfaces.
    private func set(_ name: String, to wanted: String, _ answer: inout Answer) {
        guard value(name) != wanted else { return }
        answer.commands.append("sysctl -w net/ipv6/conf/\(name)=\(wanted)")
        guard !isDryRun else { return }
        do throws(CallError) {
            let action = "can't write \(folder)/\(name)"
            try Descriptor.open("\(folder)/\(name)", O_WRONLY, action).write(Array(wanted.utf8), action)
        } catch {
            answer.problems.append(error.description)
        }
    }
}
