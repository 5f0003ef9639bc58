internal import FoundationEssentials
internal import Glibc

/// A real box in the router's place: Debian with its own kernel, in QEMU, between the lab's clients and its providers. The router's namespace is nothing
/// but cables then: a bridge for each, from QEMU's end to the lab's.
///
///     try await Lab.with(options: Box.options) { lab in
///         try await Box.with(in: lab, machine, delivery: ".build/deb") { box in try await box.cutCable() }
///     }
package actor Box {
    package nonisolated let lab: Lab
    package private(set) var machine: BoxMachine
    private var modem: Modem?
    private var lines: BoxLines?
    private var process: Child?

    /// The providers' addresses are handed out by DHCP, and nothing is heard of IPv6.
    package static let options = LabOptions(advertisements: nil, isEverythingMasqueraded: false)

    /// For as long as a box takes that is busy and emulated.
    static let patience = Duration.seconds(600)

    private init(lab: Lab, machine: BoxMachine, modem: Modem?) {
        self.lab = lab
        self.machine = machine
        self.modem = modem
    }

    /// Unpacks a box, tells the story, and throws the box away, whatever happened. `delivery`: a folder of .deb files, or one that
    /// `make install DESTDIR=` has filled.
    package static func with<Result: Sendable>(
        in lab: Lab, _ machine: BoxMachine, delivery: String, modem: Modem? = Modem(), isolation: isolated (any Actor)? = #isolation,
        _ story: (Box) async throws -> Result
    ) async throws -> Result {
        // Not only at the end: a run that was killed leaves its own.
        defer { for file in [machine.overlay, machine.delivery] { _ = unlink(file) } }
        // Each names its own resolver, which is there when a scenario needs it; the modem may draw another MAC address.
        for isp in [lab.telkom, lab.smartfren] {
            let hardware = isp.provider.name == Addresses.smartfren.name ? [BoxMachine.modemHardware, otherModemHardware] : []
            _ = try await isp.startDHCPServer(resolver: isp.provider.gateway, hardware: hardware)
        }
        try await lab.router.node.shell(cables)
        try await Command.run(["tar", "--owner=0", "--group=0", "-cf", machine.delivery, "-C", delivery, "."])
        let disk = try await Command.run(["realpath", "\(machine.image)/disk"]).split(separator: "\n")[0]
        try await Command.run(["qemu-img", "create", "-q", "-f", "qcow2", "-b", String(disk), "-F", "raw", machine.overlay])
        let box = Box(lab: lab, machine: machine, modem: modem)
        try await box.switchOn()
        // The lab ends QEMU, as all that runs in it.
        return try await story(box)
    }

    private static let cables = """
        ip -4 address flush dev br0; ip -6 address flush dev br0
        for cable in lan telkom smartfren; do
            ip tuntap add dev box-$cable mode tap
            case $cable in lan) bridge=br0 ;; *) bridge=$cable; ip link add $bridge type bridge ;; esac
            ip link set dev $bridge type bridge forward_delay 0 mcast_snooping 0
            for end in $bridge box-$cable; do
                ip link set dev $end addrgenmode none up
            done
            ip link set dev box-$cable master $bridge
        done
        for end in \(Addresses.telkom.interface):telkom \(Addresses.smartfren.interface):smartfren; do
            ip address flush dev ${end%:*}
            ip link set dev ${end%:*} master ${end#*:}
        done
        """

    /// Until it answers; how long that took.
    @discardableResult
    package func switchOn() async throws -> Duration {
        let began = Moment.now
        if machine.isAccelerated {
            do {
                try await start()
                try await lab.eventually("the kernel says something") { try await !self.console.isEmpty }
            } catch let error as LabError {
                // There are machines that have /dev/kvm, and can't do it: those that are virtual themselves.
                printLine("KVM doesn't work here, so the box's processor is emulated: \(error.description.prefix { $0 != "\n" })")
                try await switchOff()
                machine.isAccelerated = false
                try await start()
            }
        } else {
            try await start()
        }
        do {
            // The agent starts early in the boot and finds this waiting.
            _ = try await run("true", within: Self.patience)
        } catch let error as LabError {
            throw LabError("The box doesn't answer: \(error)\n\(try await console)")
        }
        return Moment.now - began
    }

    private func start() async throws {
        for name in ["agent", "qmp", "console"] { _ = unlink("\(lab.folder)/\(name)") }
        let process = try await lab.router.node.start("box", machine.arguments(folder: lab.folder, modem: modem))
        self.process = process
        let folder = lab.folder
        try await lab.eventually("QEMU has started") {
            guard process.isRunning else { throw LabError("QEMU has ended by itself:\n\(process.log)") }
            self.lines = try BoxLines(folder: folder)
            return true
        }
        try await order(.hello)
    }

    /// The power is cut.
    package func switchOff() async throws {
        if let process, process.isRunning {
            // The box hears nothing of it. QEMU does: killed, it would leave a disk behind that has never been so, which no power cut does.
            _ = try? await order(.quit)
            try? await lab.eventually("QEMU has ended") { !process.isRunning }
            if process.isRunning { try await process.kill9() }
        }
        hangUp()
    }

    private func hangUp() {
        lines?.close()
        lines = nil
    }

    /// `systemctl reboot`: how long the box took to stop, and then until it answered again.
    package func reboot() async throws -> (stopping: Duration, starting: Duration) {
        guard let process else { throw LabError("the box is switched off") }
        let began = Moment.now
        // Its answer may be lost on the way.
        _ = try? await run("systemctl reboot")
        try await lab.eventually("the box has stopped", within: Self.patience) { !process.isRunning }
        hangUp()
        let stopping = Moment.now - began
        return (stopping, try await switchOn())
    }

    /// What a command says that succeeds; an error with what it said if it doesn't.
    @discardableResult
    package func run(_ command: String, within: Duration = .seconds(120)) async throws -> String {
        guard let lines else { throw LabError("the box is switched off") }
        let answer = try await lines.run(command, within: within)
        guard answer.status == 0 else { throw LabError("In the box: \(command): status \(answer.status)\n\(answer.output)") }
        return answer.output
    }

    package func write(_ text: String, to path: String) async throws {
        let content = Data(text.utf8).base64EncodedString()
        try await run("mkdir -p \"$(dirname \(path))\" && base64 -d > \(path) <<'END'\n\(content)\nEND")
    }

    private func order(_ command: QMPCommand) async throws {
        guard let lines else { throw LabError("the box is switched off") }
        try await lines.order(command)
    }

    private func timed(_ command: QMPCommand) async throws -> FaultTime {
        let began = Moment.now
        try await order(command)
        return FaultTime(began: began, ended: .now)
    }

    /// Telkom's, out of the box's card.
    @discardableResult
    package func cutCable() async throws -> FaultTime { try await timed(.setCable("telkom", isPlugged: false)) }

    @discardableResult
    package func plugCable() async throws -> FaultTime { try await timed(.setCable("telkom", isPlugged: true)) }

    @discardableResult
    package func unplugModem() async throws -> FaultTime {
        modem = nil
        return try await timed(.unplug)
    }

    @discardableResult
    package func plugModem(_ modem: Modem) async throws -> FaultTime {
        guard BoxMachine.ports.contains(modem.port) else { throw LabError("the box has no USB port \(modem.port)") }
        self.modem = modem
        return try await timed(.plug(modem))
    }

    /// What the box calls the interface with that hardware address: nil while it has none.
    package func interface(_ hardware: String) async throws -> String? {
        try await run("for i in /sys/class/net/*; do [ \"$(cat $i/address)\" != \(hardware) ] || echo ${i##*/}; done")
            .split(separator: "\n").first { !$0.hasPrefix("br") }.map(String.init)
    }

    /// The last of what the kernel and systemd wrote.
    private var console: String {
        get async throws { try await Command.run(["tail", "-n", "40", "\(lab.folder)/console"]) }
    }
}
