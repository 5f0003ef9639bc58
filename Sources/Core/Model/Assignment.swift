/// Which interface each WAN and each name of the LAN means, among those that the box has.
package struct Assignment: Equatable, Sendable {
    package enum Found: Equatable, Sendable {
        case device(Device)
        /// Nothing fits.
        case nothing
        /// It fits, and udev hasn't finished with it.
        case unready(InterfaceName)
        /// More than one fits. What has been used stays in use.
        case several([InterfaceName], used: Device?)
        /// What fits is another WAN's, or (nil) the LAN's.
        case taken(InterfaceName, by: WANName?)

        package var device: Device? {
            switch self {
            case .device(let device), .several(_, used: let device?): device
            case .nothing, .unready, .several, .taken: nil
            }
        }
    }

    package private(set) var lan: [InterfaceName] = []
    package private(set) var wans: [WANName: Found] = [:]

    package init(_ settings: Settings, among devices: [Device]) {
        let ready = devices.filter(\.isReady)
        var owners: [UInt32: WANName?] = [:]
        for given in settings.lanGiven {
            // A name means what is called so, before what is also called so.
            let device = ready.first { $0.name == given } ?? ready.first { $0.isCalled(given) }
            if let device { owners.updateValue(nil, forKey: device.index) }
            lan.append(device?.name ?? given)
        }
        // Names come first: they can mean nothing else.
        for wan in settings.wans.filter({ $0.match == nil }) + settings.wans.filter({ $0.match != nil }) {
            func fits(_ device: Device) -> Bool { wan.match?.fits(device) ?? device.isCalled(wan.given) }
            var fitting = ready.filter(fits)
            if wan.match == nil, let exact = fitting.first(where: { $0.name == wan.given }) { fitting = [exact] }
            let free = fitting.filter { owners[$0.index] == nil }
            let found: Found =
                if let only = free.first, free.count == 1 {
                    .device(only)
                } else if !free.isEmpty {
                    .several(free.map(\.name).sorted(), used: free.first { $0.name == wan.interface })
                } else if let taken = fitting.first {
                    .taken(taken.name, by: owners[taken.index] ?? nil)
                } else {
                    devices.first { !$0.isReady && fits($0) }.map { .unready($0.name) } ?? .nothing
                }
            if let device = found.device { owners.updateValue(wan.name, forKey: device.index) }
            wans[wan.name] = found
        }
    }
}

extension Settings {
    /// With the names that their interfaces have now.
    package func assigned(among devices: [Device]) -> Settings {
        let assignment = Assignment(self, among: devices)
        var assigned = self
        assigned.lan = assignment.lan
        let inUse = Set(devices.map(\.name) + lanGiven + wans.map(\.given))
        for index in wans.indices {
            let wan = wans[index]
            if let device = assignment.wans[wan.name]?.device {
                assigned.wans[index].interface = device.name
                assigned.wans[index].isRemovable = wan.match != nil || device.hardware.isUSB
            } else if wan.match == nil || inUse.contains(wan.interface) {
                assigned.wans[index].interface = wan.given
            }
            // Otherwise it keeps the name that it had when it was there: nobody else has it, and most likely it comes back by it.
        }
        return assigned
    }

    /// What is configured anew goes on by the interface that it had.
    package func keepingInterfaces(of old: Settings) -> Settings {
        var settings = self
        if lanGiven == old.lanGiven { settings.lan = old.lan }
        for index in wans.indices {
            guard let known = old[wans[index].name], known.isMeant(as: wans[index]) else { continue }
            settings.wans[index].interface = known.interface
            settings.wans[index].isRemovable = known.isRemovable
        }
        return settings
    }
}
