internal import Floor
internal import Glibc
package import Model
internal import Netlink
package import Plan

/// All interfaces of this network namespace, with what they can be told from others by.
///
/// What a file says of a piece of hardware stays so for as long as it is plugged in, so each is read once. Not Sendable: it belongs to one queue.
package final class DeviceSurvey {
    package let files: HardwareFiles
    private let hasUdev: () -> Bool
    private let list: () throws(KernelError) -> [ListedDevice]
    private let now: () -> ContinuousClock.Instant
    private var known: [UInt32: Hardware] = [:]
    /// udev hasn't finished with these, and since when that is so.
    private var waitedFor: [UInt32: ContinuousClock.Instant] = [:]

    /// An udev that hangs must not keep the office offline. Rules that switch a modem's mode take some seconds.
    package static let patience: Duration = .seconds(30)

    package convenience init(files: HardwareFiles = HardwareFiles()) {
        self.init(
            files: files, hasUdev: { files.hasUdev && !Self.isElsewhere }, now: { .now },
            list: { () throws(KernelError) in
                do throws(NetlinkFailure) { return try LinkList.read() } catch {
                    throw KernelError(
                        operation: "reading the interfaces", code: error.code, text: error.words ?? errorText(error.code))
                }
            })
    }

    init(
        files: HardwareFiles, hasUdev: @escaping () -> Bool, now: @escaping () -> ContinuousClock.Instant,
        list: @escaping () throws(KernelError) -> [ListedDevice]
    ) {
        self.files = files
        self.hasUdev = hasUdev
        self.now = now
        self.list = list
    }

    package func listed() throws(KernelError) -> [ListedDevice] {
        var all = try list()
        let isHere = hasUdev()
        let moment = now()
        for place in all.indices {
            let device = all[place].device
            if isHere, files.record(of: device.index) == nil {
                let since = waitedFor[device.index] ?? moment
                waitedFor[device.index] = since
                all[place].device.isReady = moment - since >= Self.patience
            } else {
                waitedFor[device.index] = nil
            }
            guard all[place].device.isReady else { continue }
            let hardware = known[device.index] ?? files.hardware(of: device)
            known[device.index] = hardware
            all[place].device.hardware = hardware ?? Hardware(driver: device.kind)
        }
        let present = Set(all.map(\.device.index))
        known = known.filter { present.contains($0.key) }
        waitedFor = waitedFor.filter { present.contains($0.key) }
        return all
    }

    /// What other programs write down of interfaces by their numbers is of ours.
    package var isHere: Bool { !Self.isElsewhere }

    package func devices() throws(KernelError) -> [Device] { try listed().map(\.device) }

    /// When the longest wait is over.
    var patienceEnds: ContinuousClock.Instant? {
        let moment = now()
        return waitedFor.values.map { $0 + Self.patience }.filter { $0 > moment }.min()
    }

    /// udev runs in the network namespace of the box. Where that is seen to be another one than ours, its numbers of interfaces aren't ours. A service
    /// that isn't shown process 1 runs where the box does.
    private static var isElsewhere: Bool {
        var own = stat()
        var first = stat()
        guard stat("/proc/self/ns/net", &own) == 0, stat("/proc/1/ns/net", &first) == 0 else { return false }
        return own.st_ino != first.st_ino
    }
}
