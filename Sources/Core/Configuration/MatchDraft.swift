import Model

/// What a WAN's interface is known by, as read.
struct MatchDraft {
    var name = Entry<String>.absent
    var path = Entry<String>.absent
    var serial = Entry<String>.absent
    var vendor = Entry<String>.absent
    var product = Entry<String>.absent
    var driver = Entry<String>.absent
    var mac = Entry<String>.absent
    /// Where its key stands. nil: it isn't there.
    var mark: Mark?

    static var keys: [Key<MatchDraft>] {
        [
            .value("name", \.name, .namePattern), .value("path", \.path, .text(1...256)), .value("serial", \.serial, .text(1...256)),
            .value("vendor", \.vendor, .usbNumber), .value("product", \.product, .usbNumber), .value("driver", \.driver, .text(1...64)),
            .value("mac", \.mac, .mac),
        ]
    }

    private var all: [Entry<String>] { [name, path, serial, vendor, product, driver, mac] }
    var isGiven: Bool { mark != nil }
    var isEmpty: Bool { all.allSatisfy(\.isAbsent) }

    /// nil: it is empty, or wrong.
    var value: InterfaceMatch? {
        guard !isEmpty, !all.contains(where: { if case .refused = $0 { true } else { false } }) else { return nil }
        return InterfaceMatch(
            name: name.readable, path: path.readable, serial: serial.readable, vendor: vendor.readable, product: product.readable,
            driver: driver.readable, mac: mac.readable)
    }
}

extension WANDraft {
    /// The name of its interface; with a match one that no interface has. nil: neither or both are given, or what is given is wrong.
    var means: (InterfaceName, InterfaceMatch?)? {
        if match.isGiven { return interface.isAbsent ? match.value.map { (.unmatched(number), $0) } : nil }
        return interface.value().map { ($0, nil) }
    }

    func checkInterface(_ problems: inout Problems) {
        guard case .given(_, let mark) = interface, match.isGiven else { return }
        problems.error(
            "'interface' and 'match' are both given in \(quoted(name.value))", at: mark,
            hint: "leave one of them out: its name, or what the interface is known by")
    }
}

extension Key<WANDraft> {
    static var match: Key {
        let name = "match"
        let keys = MatchDraft.keys
        return Key(name: name, below: keys.flatMap(\.paths)) { node, mark, draft, problems in
            draft.match.mark = mark
            let known = problems.sorted.count
            readMapping(node, Owner(subject: "'\(name)'", mark: mark), keys, into: &draft.match, &problems)
            guard draft.match.isEmpty, problems.sorted.count == known else { return }
            problems.error(
                "'\(name)' says nothing that an interface could be known by", at: mark,
                hint: "such as '\(name): {driver: cdc_ether}'; `uplinkctl interfaces` has what there is")
        }
    }
}

extension Value where T == String {
    fileprivate static var namePattern: Value {
        Value(expected: "the name of a network interface, with '*' for any text") { text in
            guard (1...127).contains(text.utf8.count),
                text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: ":") })
            else { return .wrong(hint: "such as 'enx*'; `uplinkctl interfaces` lists the names") }
            return .value(text)
        }
    }

    /// As `lsusb` and `lspci -nn` print them, one of the two with the colon in between.
    fileprivate static var usbNumber: Value {
        Value(expected: "four hexadecimal digits") { text in
            let digits = (text.lowercased().hasPrefix("0x") ? text.dropFirst(2) : text[...]).lowercased()
            if text.contains(":") { return .wrong(hint: "write the two halves apart: 'vendor: \"12d1\"' and 'product: \"14db\"'") }
            guard digits.utf8.count == 4, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }) else {
                return .wrong(hint: "such as '12d1', as `uplinkctl interfaces` and `lsusb` have them")
            }
            return .value(digits)
        }
    }

    static var mac: Value {
        Value(expected: "a MAC address such as 02:00:5e:10:00:01") { text in
            let parts = text.lowercased().split(separator: text.contains("-") ? "-" : ":", omittingEmptySubsequences: false)
            let isRight =
                parts.count == 6
                && parts.allSatisfy { part in
                    part.utf8.count == 2 && part.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
                }
            return isRight ? .value(parts.joined(separator: ":")) : .wrong(hint: "six pairs of hexadecimal digits")
        }
    }
}
