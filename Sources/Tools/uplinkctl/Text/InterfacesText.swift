import Devices
import Model

struct InterfacesAnswer: Encodable { var interfaces: [InterfaceRow] }

/// One interface, with the names that JSON has.
struct InterfaceRow: Encodable {
    var name: String
    var index: Int
    var alternativeNames: [String]
    var mac: String?
    /// If it is another one.
    var permanentMAC: String?
    var path: String?
    var serial: String?
    var vendor: String?
    var product: String?
    var driver: String?
    var kind: String?
    var usb: Bool
    var up: Bool
    var carrier: Bool
    /// The bridge or bond that it is a port of.
    var portOf: String?
    var loopback: Bool
    /// udev has finished with it, or doesn't run.
    var ready: Bool
    var managedBy: [String]
    var wan: String?
    var lan: Bool

    enum CodingKeys: String, CodingKey {
        case name, index, mac, path, serial, vendor, product, driver, kind, usb, up, carrier, loopback, ready, wan, lan
        case alternativeNames = "alternative_names"
        case permanentMAC = "permanent_mac"
        case portOf = "port_of"
        case managedBy = "managed_by"
    }

    init(_ listed: ListedDevice, managers: [Manager], _ owners: InterfaceOwners) {
        let device = listed.device
        name = device.name.description
        index = Int(device.index)
        alternativeNames = device.alternativeNames
        mac = device.mac
        permanentMAC = device.permanentMAC == device.mac ? nil : device.permanentMAC
        path = device.hardware.path
        serial = device.hardware.serial
        vendor = device.hardware.vendor
        product = device.hardware.product
        driver = device.hardware.driver
        kind = device.kind
        usb = device.hardware.isUSB
        up = listed.isUp
        carrier = listed.hasCarrier
        portOf = device.master?.description
        loopback = device.isLoopback
        ready = device.isReady
        managedBy = managers.map(\.rawValue)
        wan = owners.wans[name]
        lan = owners.lan.contains(name)
    }
}

enum InterfacesText {
    /// A row for each, and below it what a `match` could have, in the words of the file.
    static func lines(_ rows: [InterfaceRow]) -> [String] {
        let header = ["INTERFACE", "IS", "CARRIER", "DRIVER", "MANAGED BY"]
        let table = tableLines([header] + rows.map(cells))
        guard let first = table.first else { return [] }
        return [first] + zip(rows, table.dropFirst()).flatMap { row, line in [line] + details(row).map { "    \($0)" } }
    }

    private static func cells(_ row: InterfaceRow) -> [String] {
        [
            row.name, role(row), row.up ? (row.carrier ? "yes" : "no") : "set down", row.driver ?? "-",
            row.managedBy.isEmpty ? "-" : row.managedBy.joined(separator: ", "),
        ]
    }

    private static func role(_ row: InterfaceRow) -> String {
        if let wan = row.wan { return wan }
        if row.lan { return "LAN" }
        if row.loopback { return "loopback" }
        if let bridge = row.portOf { return "port of \(bridge)" }
        return "-"
    }

    private static func details(_ row: InterfaceRow) -> [String] {
        if row.loopback { return [] }
        var lines: [String] = []
        if let path = row.path { lines.append("path: \(path)") }
        let pairs = [("mac", row.mac), ("permanent mac", row.permanentMAC), ("serial", row.serial)]
        let known = pairs.compactMap { name, value in value.map { "\(name): \($0)" } }
        if !known.isEmpty { lines.append(known.joined(separator: "  ")) }
        if let vendor = row.vendor { lines.append("vendor: \"\(vendor)\"" + (row.product.map { "  product: \"\($0)\"" } ?? "")) }
        if !row.alternativeNames.isEmpty { lines.append("also called \(row.alternativeNames.joined(separator: ", "))") }
        if !row.ready { lines.append("udev hasn't finished with it") }
        return lines
    }
}
