import Configuration
import Model

/// The configuration file, read and checked.
struct ConfigurationFile {
    var settings: Settings
    var text: String
    var warnings: [Problem]

    struct Refused: Error {
        var path: String
        /// Why it couldn't be read at all.
        var unreadable: String?
        var problems: [Problem] = []

        /// Each in the form that compilers use, with its place in the file.
        var lines: [String] { (unreadable.map { [$0] } ?? []) + problems.map { $0.text(file: path) } }
    }

    init(path: String) throws(Refused) {
        do {
            text = String(decoding: try Files.read(path), as: UTF8.self)
        } catch {
            throw Refused(path: path, unreadable: "\(error). The shipped example is etc/uplinkd/uplinkd.yaml.")
        }
        switch Configuration.parse(text) {
        case .accepted(let settings, let warnings):
            self.settings = settings
            self.warnings = warnings
        case .refused(let problems): throw Refused(path: path, problems: problems)
        }
    }
}

extension Settings {
    /// What differs, a sentence each.
    func changes(to new: Settings) -> [String] {
        var changes: [String] = []
        func note(_ what: String, _ old: some Equatable & CustomStringConvertible, _ new: some Equatable & CustomStringConvertible) {
            if "\(old)" != "\(new)" { changes.append("\(what): \(old) is now \(new)") }
        }
        let list = { (names: [any CustomStringConvertible]) in "[" + names.map(\.description).joined(separator: ", ") + "]" }
        note("lan.interfaces", list(lan), list(new.lan))
        for wan in wans where new[wan.name] == nil { changes.append("wans.\(wan.name) is gone") }
        for wan in new.wans {
            guard let old = self[wan.name] else {
                changes.append("wans.\(wan.name) is new: \(wan.interface), metric \(wan.metric)")
                continue
            }
            note("wans.\(wan.name).interface", old.interface, wan.interface)
            note("wans.\(wan.name).metric", old.metric, wan.metric)
            note("wans.\(wan.name).gateway", old.gateway?.description ?? "auto", wan.gateway?.description ?? "auto")
            note("wans.\(wan.name).metered", old.isMetered, wan.isMetered)
            let probe = old.probe
            note("wans.\(wan.name).probe.targets", list(probe.targets), list(wan.probe.targets))
            note("wans.\(wan.name).probe.interval", probe.interval, wan.probe.interval)
            note("wans.\(wan.name).probe.metered-interval", probe.meteredInterval, wan.probe.meteredInterval)
            note("wans.\(wan.name).probe.timeout", probe.timeout, wan.probe.timeout)
            note("wans.\(wan.name).probe.quorum", probe.quorum, wan.probe.quorum)
            note("wans.\(wan.name).probe.hold", probe.hold, wan.probe.hold)
        }
        note("iptables", iptables.rawValue, new.iptables.rawValue)
        return changes
    }
}
