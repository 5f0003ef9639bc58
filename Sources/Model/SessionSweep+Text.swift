/// The text of a sweep is the commands that do the same, one on each line. What `conntrack` has no option for stands behind a `#`.
extension SessionSweep: CustomStringConvertible {
    package var description: String { scope.commands.joined(separator: "\n") }
}

extension SessionSweep.Scope {
    package var commands: [String] {
        switch self {
        case .wan(let mark, let mask, let addresses):
            [Self.command(mark, mask)] + addresses.map { "conntrack -D --reply-dst \($0) --mark \(Self.hexadecimal(0, mask))" }
        case .classes(let classes, let mark, let mask): classes.flatMap { $0.options.map { "\(Self.command(mark, mask)) \($0)" } }
        case .allBut(let classes, let mark, let mask):
            [Self.command(mark, mask) + classes.flatMap(\.options).map { " # but not \($0)" }.joined()]
        case .unmasqueraded(let family, let lan, let wans, _):
            [
                "conntrack -D -f ip\(family) # no SRC_NAT, from \(lan.map(\.description).joined(separator: " or "))"
                    + " by \(wans.map(\.description).joined(separator: " or "))"
            ]
        }
    }

    private static func command(_ mark: UInt32, _ mask: UInt32) -> String { "conntrack -D --mark \(hexadecimal(mark, mask))" }

    private static func hexadecimal(_ mark: UInt32, _ mask: UInt32) -> String {
        "0x\(String(mark, radix: 16))/0x\(String(mask, radix: 16))"
    }
}

extension SessionClass {
    /// For `conntrack`, which takes single ports only.
    fileprivate var options: [String] {
        let name =
            switch transport {
            case 6: "tcp"
            case 17: "udp"
            default: "\(transport)"
            }
        guard !ports.isEmpty else { return ["-p \(name)"] }
        return ports.map { ports in
            "-p \(name) --orig-port-dst \(ports.lowerBound)" + (ports.count > 1 ? " # to \(ports.upperBound)" : "")
        }
    }
}
