internal import Floor
internal import Glibc
internal import Model

/// What sysfs and udev's records say of an interface's hardware.
///
/// udev writes `path` and `serial` down (ID_PATH, ID_SERIAL_SHORT); where it doesn't run they are made from sysfs as it does (`path_id` and `usb_id`), for
/// PCI, USB and the devices of a board.
package struct HardwareFiles: Sendable {
    /// Before `/sys` and `/run`. Tests have files of their own.
    let root: String

    package init(root: String = "") { self.root = root }

    /// nil: sysfs knows none of this name and number. It may be the one of another network namespace.
    func hardware(of device: Device) -> Hardware? {
        let folder = "\(root)/sys/class/net/\(device.name)"
        guard text("\(folder)/ifindex") == "\(device.index)" else { return nil }
        var hardware = Hardware(driver: device.kind)
        if let driver = link("\(folder)/device/driver") { hardware.driver = Self.last(driver) }
        var path: [String] = []
        var above = resolved("\(folder)/device")
        let top = resolved("\(root)/sys/devices") ?? "\(root)/sys/devices"
        // In a row of the same kind the innermost tells where it is: the others are hubs and bridges.
        var before: String?
        while let place = above, place.hasPrefix(top + "/") {
            let subsystem = link("\(place)/subsystem").map(Self.last)
            switch subsystem {
            case "usb":
                hardware.isUSB = true
                // `1-2.3:1.0` is interface 1.0 of what is in port 3 of the hub in port 2.
                if before != "usb", let port = Self.last(place).split(separator: "-", maxSplits: 1).last { path.append("usb-0:\(port)") }
                if hardware.vendor == nil, let vendor = text("\(place)/idVendor") {
                    hardware.vendor = Self.digits(vendor)
                    hardware.product = text("\(place)/idProduct").flatMap(Self.digits)
                    hardware.serial = text("\(place)/serial").flatMap(Self.serial)
                }
            case "pci":
                if before != "pci" { path.append("pci-\(Self.last(place))") }
                if hardware.vendor == nil, !hardware.isUSB {
                    hardware.vendor = text("\(place)/vendor").flatMap(Self.digits)
                    hardware.product = text("\(place)/device").flatMap(Self.digits)
                }
            case "platform": if before != "platform" { path.append("platform-\(Self.last(place))") }
            default: break
            }
            before = subsystem ?? before
            above = place.lastIndex(of: "/").map { String(place[..<$0]) }
        }
        if !path.isEmpty { hardware.path = path.reversed().joined(separator: "-") }
        let record = record(of: device.index) ?? [:]
        hardware.path = record["ID_PATH"] ?? hardware.path
        hardware.serial = record["ID_SERIAL_SHORT"] ?? hardware.serial
        return hardware
    }

    // MARK: udev

    var recordsFolder: String { "\(root)/run/udev/data" }
    /// It runs, or is started when something is plugged in.
    var hasUdev: Bool { access("\(root)/run/udev/control", F_OK) == 0 }

    /// nil: udev hasn't finished with it. It writes its record when it has renamed the interface, and for every one of them (`device_update_db`).
    func record(of index: UInt32) -> [String: String]? {
        guard let bytes = try? Files.read("\(recordsFolder)/n\(index)", atMost: 64 << 10) else { return nil }
        var properties: [String: String] = [:]
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") where line.hasPrefix("E:") {
            let parts = line.dropFirst(2).split(separator: "=", maxSplits: 1)
            if parts.count == 2 { properties[String(parts[0])] = String(parts[1]) }
        }
        return properties
    }

    // MARK: files

    /// The first line.
    func text(_ path: String) -> String? {
        guard let bytes = try? Files.read(path, atMost: 4 << 10) else { return nil }
        return String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") && $0 != 0 }, as: UTF8.self)
    }

    private func link(_ path: String) -> String? {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = buffer.withUnsafeMutableBytes { bytes in
            bytes.withMemoryRebound(to: CChar.self) { text in text.baseAddress.map { readlink(path, $0, text.count) } ?? -1 }
        }
        return count > 0 && count < buffer.count ? String(decoding: buffer[..<count], as: UTF8.self) : nil
    }

    private func resolved(_ path: String) -> String? {
        guard let found = realpath(path, nil) else { return nil }
        defer { free(found) }
        return String(cString: found)
    }

    private static func last(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

    /// `0x8086` is `8086`.
    private static func digits(_ text: String) -> String? {
        let digits = (text.hasPrefix("0x") ? text.dropFirst(2) : text[...]).lowercased()
        return digits.isEmpty ? nil : digits
    }

    /// As udev writes it: without spaces (`udev_replace_whitespace`).
    private static func serial(_ text: String) -> String? {
        let words = text.split(separator: " ")
        return words.isEmpty ? nil : words.joined(separator: "_")
    }
}
