import ControlProtocol
import Glibc
import SpeedTest

enum SpeedText {
    /// `At most 10 MB by telkom (eth0) in 20 s: from http://… and to http://….`
    static func announcement(_ wan: WANStatus, bytes: Int, seconds: Double, page: PageAddress, upload: PageAddress?) -> String {
        let time = ageText(seconds: seconds * (upload == nil ? 1 : 2) + 1)
        return "Uses \(sizeText(bytes)) at most, by \(wan.name) (\(wan.interface)), within some \(time): from \(page.text)"
            + (upload.map { $0 == page ? ", and as much back to it." : ", and to \($0.text)." } ?? ".")
    }

    static func lines(_ report: SpeedReport, wan: WANStatus, page: PageAddress) -> [String] {
        let header = ["", "SPEED", "BYTES", "TIME", "ROUND TRIP", "MIN", "MAX", "LOST"]
        var rows = [["idle", "-", "-", "-"] + roundTrips(report.idle)]
        for (name, direction) in [("down", report.down), ("up", report.up)] {
            guard let direction else { continue }
            rows.append(
                [name, speed(direction.megabitsPerSecond), sizeText(direction.bytes), tenths(direction.seconds) + " s"]
                    + roundTrips(direction.roundTrips))
        }
        return ["\(wan.name) (\(wan.interface)), \(page.text):", ""] + tableLines([header] + rows) + [
            "", "Used \(sizeText(report.bytesUsed)) of the \(sizeText(report.bytesAllowed)) that were allowed.",
        ] + report.notes
    }

    static func speed(_ megabits: Double?) -> String { megabits.map { tenths($0) + " Mbit/s" } ?? "-" }

    private static func roundTrips(_ all: RoundTrips) -> [String] {
        [millisecondsText(all.median), millisecondsText(all.minimum), millisecondsText(all.maximum), "\(all.lost) of \(all.asked)"]
    }

    /// `down  [#####     ]  52 %  23.4 Mbit/s`
    static func bar(_ progress: SpeedTest.Progress) -> String {
        let share = min(max(progress.share.isFinite ? progress.share : 0, 0), 1)
        let width = 30
        let full = Int((share * Double(width)).rounded())
        let name = progress.stage.rawValue
        let percent = "\(Int((share * 100).rounded()))"
        let bar = String(repeating: "#", count: full) + String(repeating: " ", count: width - full)
        return name + String(repeating: " ", count: 4 - name.count) + "  [\(bar)] " + String(repeating: " ", count: 3 - percent.count)
            + "\(percent) %" + (progress.megabitsPerSecond.map { "  \(tenths($0)) Mbit/s" } ?? "")
    }

    /// `uplinkctl speedtest --json`.
    struct JSON: Encodable {
        struct Latency: Encodable {
            var asked: Int
            var lost: Int
            var median: Double?
            var minimum: Double?
            var maximum: Double?

            enum CodingKeys: String, CodingKey {
                case asked, lost
                case median = "median_ms"
                case minimum = "min_ms"
                case maximum = "max_ms"
            }

            init(_ all: RoundTrips) {
                (asked, lost) = (all.asked, all.lost)
                (median, minimum, maximum) = (all.median.map(rounded), all.minimum.map(rounded), all.maximum.map(rounded))
            }
        }

        struct Direction: Encodable {
            var bytes: Int
            var seconds: Double
            var megabitsPerSecond: Double?
            var roundTrip: Latency

            enum CodingKeys: String, CodingKey {
                case bytes, seconds
                case megabitsPerSecond = "mbit_per_second"
                case roundTrip = "round_trip"
            }

            init(_ direction: SpeedReport.Direction) {
                bytes = direction.bytes
                seconds = rounded(direction.seconds)
                megabitsPerSecond = direction.megabitsPerSecond.map(rounded)
                roundTrip = Latency(direction.roundTrips)
            }
        }

        var wan: String
        var interface: String
        var url: String
        var uploadURL: String?
        var idle: Latency
        var down: Direction?
        var up: Direction?
        var bytesUsed: Int
        var bytesAllowed: Int
        var notes: [String]

        enum CodingKeys: String, CodingKey {
            case wan, interface, url, idle, down, up, notes
            case uploadURL = "upload_url"
            case bytesUsed = "bytes_used"
            case bytesAllowed = "bytes_allowed"
        }

        init(_ report: SpeedReport, wan: WANStatus, page: PageAddress, upload: PageAddress?) {
            self.wan = wan.name
            interface = wan.interface
            url = page.text
            uploadURL = upload?.text
            idle = Latency(report.idle)
            (down, up) = (report.down.map(Direction.init), report.up.map(Direction.init))
            (bytesUsed, bytesAllowed) = (report.bytesUsed, report.bytesAllowed)
            notes = report.notes
        }
    }
}

/// To a thousandth.
private func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }

/// `23.4`
private func tenths(_ value: Double) -> String {
    guard value.isFinite, value.magnitude < 1e12 else { return "?" }
    let tenths = Int((value * 10).rounded())
    return "\(tenths / 10).\(tenths.magnitude % 10)"
}

/// One line on standard error that is written over again and again, if that is a terminal; otherwise none.
final class ProgressBar {
    private let isShown = isatty(STDERR_FILENO) == 1
    private var isDirty = false

    func show(_ progress: SpeedTest.Progress) {
        guard isShown else { return }
        isDirty = true
        Output.progress(SpeedText.bar(progress))
    }

    func clear() {
        guard isDirty else { return }
        isDirty = false
        Output.progress("")
    }
}
