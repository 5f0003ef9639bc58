import Chassis
import Floor
import Glibc
import LANFiles
import Model
import Subprocess

/// Writes the files of other programs, and has them read: as root, once, and then it ends.
struct Desk: Sendable {
    let lan: LANService?
    let networkd: String
    let places: LANFiles.Places

    private var wanted: [LANFile] {
        lan.map { LANFiles.networkd($0, folder: networkd) + [LANFiles.dnsmasq($0, places)] } ?? []
    }

    func show() {
        if wanted.isEmpty { return say("The LAN is somebody else's: 'lan.address' isn't configured.") }
        for file in wanted { say("==> \(file.path)\n\(file.text)") }
    }

    /// Nothing is written before all of it is known to be ours, and dnsmasq has taken its own.
    func write() async throws {
        let usesNetworkd = await succeeds("systemctl", ["is-active", "--quiet", "systemd-networkd.service"])
        let wanted = wanted.filter { usesNetworkd || $0.path == places.configuration }
        let inPlace = try Dictionary(uniqueKeysWithValues: (wanted.map(\.path) + old).uniqued.map { ($0, try Self.text($0)) })
        let foreign = wanted.filter { [.changedByHand, .somebodyElses].contains(LANFile.found(inPlace[$0.path] ?? nil)) }
        guard foreign.isEmpty else {
            throw Failure(
                status: .failed,
                message: "nothing is written: " + foreign.map { "\($0.path) has been changed by hand" }.joined(separator: ", ")
                    + "; move it away, or give the LAN to somebody else: 'lan: {address: none}'")
        }
        let changed = wanted.filter { inPlace[$0.path] != $0.text }
        // What a former configuration had, and nobody has touched since.
        let superfluous = old.filter { path in
            !wanted.contains { $0.path == path } && LANFile.found(inPlace[path] ?? nil) == .ours
        }
        // For others to read; what is in it is.
        let folder = String(places.configuration.prefix(upTo: places.configuration.lastIndex(of: "/") ?? places.configuration.startIndex))
        if lan != nil, mkdir(folder, 0o755) != 0, errno != EEXIST { throw CallError.last("can't make \(folder)") }
        for file in changed where file.path == places.configuration { try await check(file) }
        for file in changed {
            try Files.replace(file.path, with: Array(file.text.utf8), mode: 0o644)
            say("Wrote \(file.path).")
        }
        for path in superfluous {
            unlink(path)
            say("Removed \(path).")
        }
        let touched = Set(changed.map(\.path) + superfluous)
        if usesNetworkd, touched.contains(where: { $0 != places.configuration }) {
            try await must("networkctl", ["reload"])
        } else if !usesNetworkd, let lan {
            say("systemd-networkd doesn't run: \(lan.address) on \(lan.interface) is for whoever sets up this box's interfaces.")
        }
        // Also where it hasn't run so far, or shall no more: its unit asks for the file. At the start of ours systemd sees to it.
        if touched.contains(places.configuration), await succeeds("systemctl", ["is-active", "--quiet", "uplinkd-lan.service"]) {
            try await must("systemctl", ["restart", "--no-block", "uplinkd-dnsmasq.service"])
        }
        if touched.isEmpty { say("All is as it should be.") }
    }

    /// Files with names of ours.
    private var old: [String] {
        let names = (try? Files.names(in: networkd)) ?? []
        return names.filter { $0.hasPrefix("60-uplinkd-lan.") || $0.hasPrefix("60-uplinkd-port-") }.map { "\(networkd)/\($0)" }
            + (access(places.configuration, F_OK) == 0 ? [places.configuration] : [])
    }

    private static func text(_ path: String) throws(CallError) -> String? {
        do {
            return String(decoding: try Files.read(path), as: UTF8.self)
        } catch  where error.code == ENOENT {
            return nil
        }
    }

    /// dnsmasq reads it as it would, from another place.
    private func check(_ file: LANFile) async throws {
        let trial = file.path + ".trial"
        try Files.replace(trial, with: Array(file.text.utf8))
        defer { unlink(trial) }
        try await must("dnsmasq", ["--test", "--conf-file=\(trial)"])
    }

    private func must(_ program: String, _ arguments: [String]) async throws {
        let (isDone, words) = await run(program, arguments)
        guard isDone else {
            throw Failure(status: .failed, message: "`\(([program] + arguments).joined(separator: " "))` failed: \(visible(words))")
        }
    }

    private func succeeds(_ program: String, _ arguments: [String]) async -> Bool { await run(program, arguments).0 }

    private func run(_ program: String, _ arguments: [String]) async -> (Bool, String) {
        do {
            let result = try await Subprocess.run(
                .name(program), arguments: Arguments(arguments), environment: .inherit.updating(["LC_ALL": "C"]),
                output: .string(limit: 64 << 10), error: .string(limit: 64 << 10))
            let words = result.standardError + result.standardOutput
            return (result.terminationStatus.isSuccess, words.split(whereSeparator: \.isNewline).joined(separator: "; "))
        } catch {
            return (false, "\(error)")
        }
    }

    private func say(_ line: String) { print(line) }
}

extension [String] {
    fileprivate var uniqued: [String] { Array(Set(self)) }
}
