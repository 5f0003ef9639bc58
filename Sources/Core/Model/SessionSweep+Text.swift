/// The text of a sweep is the commands that do the same, one on each line. What `conntrack` has no option for stands behind a `#`.
extension SessionSweep: CustomStringConvertible {
    package var description: String { scope.commands.joined(separator: "\n") }
}

extension SessionSweep.Scope {
    package var commands: [String] {
        switch self {
        case .only(let family, .wan(let mark, let mask, let addresses)):
            return Self.wan(mark: mark, mask: mask, addresses: addresses.filter { $0.family == family }).commands.map {
                Self.command($0, family)
            }
        case .only(let family, let scope): return scope.commands.map { Self.command($0, family) }
        case .wan(let mark, let mask, let addresses):
            return [Self.command(mark, mask)]
                + addresses.map { "conntrack -D --reply-dst \($0) --mark \(hexadecimal(0))/\(hexadecimal(mask))" }
        case .classes(let classes, let mark, let mask):
            return classes.flatMap(\.options).map {
                "\(Self.command(mark, mask)) --src-nat \($0.option)" + ($0.end.map { " # to \($0)" } ?? "")
            }
        case .allBut(let classes, let mark, let mask):
            let others = classes.flatMap(\.options).map { $0.option + ($0.end.map { " to \($0)" } ?? "") }
            return ["\(Self.command(mark, mask)) --src-nat" + (others.isEmpty ? "" : " # but not \(others.joined(separator: ", "))")]
        case .unmasqueraded(let family, let lan, let wans, _):
            return ["conntrack -D -f ip\(family) # without SNAT, from \(either(lan)) by \(either(wans))"]
        case .strayed(let family, let lan, let wans, let mask):
            return [
                "conntrack -D -f ip\(family) --mark \(hexadecimal(0))/\(hexadecimal(mask)) # without SNAT, from \(either(lan)) by \(either(wans))"
            ]
        }
    }

    private static func command(_ text: String, _ family: IPFamily) -> String {
        "conntrack -D -f ip\(family)\(text.dropFirst("conntrack -D".count))"
    }

    private func either(_ names: [InterfaceName]) -> String { names.map(\.description).joined(separator: " or ") }

    private static func command(_ mark: UInt32, _ mask: UInt32) -> String {
        "conntrack -D --mark \(hexadecimal(mark))/\(hexadecimal(mask))"
    }
}

extension SessionClass {
    /// For `conntrack`, which takes single ports only: the first of them, and the last where there are more.
    fileprivate var options: [(option: String, end: UInt16?)] {
        let name = transport == 6 ? "tcp" : transport == 17 ? "udp" : "\(transport)"
        guard !ports.isEmpty else { return [("-p \(name)", nil)] }
        return ports.map { ports in
            ("-p \(name) --orig-port-dst \(ports.lowerBound)", ports.count > 1 ? ports.upperBound : nil)
        }
    }
}
