/// What QEMU says on its monitor (QMP), a line each. Pure.
package enum QMPMessage: Equatable, Sendable {
    case greeting
    case done(Int)
    case refused(Int, reason: String)
    /// Something happened that nobody asked for.
    case event(String)

    private struct Line: Decodable {
        struct Failure: Decodable { var desc: String }
        var error: Failure?
        var event: String?
        var id: Int?
    }

    package init(_ line: String) throws {
        let parsed = try JSON.decode(Line.self, from: line)
        if let id = parsed.id {
            self = parsed.error.map { .refused(id, reason: $0.desc) } ?? .done(id)
        } else if let event = parsed.event {
            self = .event(event)
        } else if let error = parsed.error {
            // Only what can't be read has no number.
            throw LabError("QEMU refuses what it was sent: \(error.desc)")
        } else {
            self = .greeting
        }
    }
}

/// What QEMU is told.
package struct QMPCommand: Encodable, Sendable {
    package enum Value: Encodable, Sendable {
        case text(String)
        case yes(Bool)

        package func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .text(let text): try container.encode(text)
            case .yes(let yes): try container.encode(yes)
            }
        }
    }

    package var execute: String
    package var arguments: [String: Value]?
    package var id = 0

    /// Has to be said first.
    package static let hello = QMPCommand(execute: "qmp_capabilities")

    package static func setCable(_ name: String, isPlugged: Bool) -> QMPCommand {
        QMPCommand(execute: "set_link", arguments: ["name": .text(name), "up": .yes(isPlugged)])
    }

    package static func plug(_ modem: Modem) -> QMPCommand {
        let properties = [("driver", "usb-net")] + modem.properties
        return QMPCommand(execute: "device_add", arguments: .init(uniqueKeysWithValues: properties.map { ($0.0, .text($0.1)) }))
    }

    package static let quit = QMPCommand(execute: "quit")
    package static let unplug = QMPCommand(execute: "device_del", arguments: ["id": .text(Modem.id)])
}
