/// What a WAN's interface is known by, where not by its name. All that is given has to fit.
package struct InterfaceMatch: Hashable, Sendable, CustomStringConvertible {
    /// With `*` for anything. Alternative names count.
    package var name: String?
    package var path: String?
    package var serial: String?
    package var vendor: String?
    package var product: String?
    package var driver: String?
    package var mac: String?

    package init(
        name: String? = nil, path: String? = nil, serial: String? = nil, vendor: String? = nil, product: String? = nil,
        driver: String? = nil,
        mac: String? = nil
    ) {
        self.name = name
        self.path = path
        self.serial = serial
        self.vendor = vendor
        self.product = product
        self.driver = driver
        self.mac = mac
    }

    /// A bridge's port carries the bridge's traffic and none of its own; a bridge or a VLAN has the MAC of what it is made of, so it is meant only where
    /// its name is given.
    package func fits(_ device: Device) -> Bool {
        guard !device.isLoopback, device.master == nil, !device.isStacked || name != nil else { return false }
        if let name, !([device.name.description] + device.alternativeNames).contains(where: { Self.fits($0, name) }) { return false }
        if let mac, device.mac != mac, device.permanentMAC != mac { return false }
        let hardware = device.hardware
        let others = [
            (path, hardware.path), (serial, hardware.serial), (vendor, hardware.vendor), (product, hardware.product),
            (driver, hardware.driver),
        ]
        return others.allSatisfy { wanted, has in wanted == nil || wanted == has }
    }

    /// Each `*` stands for any text, also for none.
    static func fits(_ text: String, _ pattern: String) -> Bool {
        let text = Array(text.utf8)
        let pattern = Array(pattern.utf8)
        var (place, next) = (0, 0)
        // After a dead end the last star takes one character more. Linear in the product of the lengths, which are a line's.
        var star: (next: Int, place: Int)?
        while place < text.count {
            if next < pattern.count, pattern[next] == UInt8(ascii: "*") {
                star = (next + 1, place)
                next += 1
            } else if next < pattern.count, pattern[next] == text[place] {
                (place, next) = (place + 1, next + 1)
            } else if let last = star {
                star = (last.next, last.place + 1)
                (place, next) = (last.place + 1, last.next)
            } else {
                return false
            }
        }
        return pattern[next...].allSatisfy { $0 == UInt8(ascii: "*") }
    }

    /// `serial 0123, driver cdc_ether`
    package var description: String {
        let all = [
            ("name", name), ("path", path), ("serial", serial), ("vendor", vendor), ("product", product), ("driver", driver), ("mac", mac),
        ]
        return all.compactMap { key, value in value.map { "\(key) \($0)" } }.joined(separator: ", ")
    }
}
