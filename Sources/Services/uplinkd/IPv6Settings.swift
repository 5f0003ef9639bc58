import Chassis
import Floor
import Glibc
import Model
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
        let wans = settings.wans.filter { $0.ipv6 == .masquerade }
        if access(folder, F_OK) != 0 {
            answer.notes.append("There is no IPv6 on this box.")
        } else if wans.isEmpty {
            answer.notes.append("No WAN is to have IPv6, so nothing is set.")
        } else {
            // Before the box forwards: from then on an interface with 1 takes no advertisements. With 0 somebody else takes them for the kernel
            // (networkd, NetworkManager), or nobody shall.
            for wan in wans where value("\(wan.interface)/accept_ra") == "1" {
                set("\(wan.interface)/accept_ra", to: "2", &answer)
            }
            for place in ["all", "default"] { set("\(place)/ignore_routes_with_linkdown", to: "1", &answer) }
            set("all/forwarding", to: "1", &answer)
        }
        answer.show(asJSON: asJSON)
        guard answer.problems.isEmpty else {
            throw Failure(status: .failed, message: answer.problems.joined(separator: "\n"))
        }
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
            let file = try Descriptor.open("\(folder)/\(name)", O_WRONLY, action)
            guard Files.writeAll(Array(wanted.utf8), to: file.number) else { throw .last(action) }
        } catch {
            answer.problems.append(error.description)
        }
    }
}
