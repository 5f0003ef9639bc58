import ConfigurationFile
import Chassis
import Configuration
import Devices
import Engine
import Floor
import Glibc
import LinuxKernel
import Model
import Plan

/// `--check`: what is wrong with the configuration file, or what it comes to on this box.
struct Check {
    let path: String
    let asJSON: Bool

    func run() throws(Failure) {
        let devices = try? DeviceSurvey().devices()
        let read: ConfigurationFile
        do throws(ConfigurationFile.Refused) {
            read = try ConfigurationFile(path: path, devices: devices)
        } catch {
            guard asJSON else { throw error.failure }
            printJSON(CheckAnswer(file: path, .failure(error)))
            exit(Failure.Status.configuration.rawValue)
        }
        let file = read.assigned(among: devices)
        // Only root may look at the packet filter.
        let box = geteuid() == 0 ? blocking { await BoxSurvey.warnings(for: file.settings) } : nil
        let networks = Self.networks(file.settings)
        if asJSON {
            return printJSON(CheckAnswer(file: path, .success(file), box: box.map { $0 + networks } ?? (networks.isEmpty ? nil : networks)))
        }
        for warning in file.warnings { complain(warning.text(file: path)) }
        let wans = file.settings.wans
        print(
            visible("\(path) is right: ")
                + wans.map { "\($0.name) (\($0.knownInterface?.description ?? $0.meaning), metric \($0.metric))" }.joined(separator: ", ")
                + ".")
        print((["Probing costs"] + wans.map { "\($0.name): \($0.cost)" }).joined(separator: "\n  "))
        for warning in (box ?? []) + networks { print(visible("box: warning: \(warning).")) }
        if box == nil { print("box: not looked at for others' rules that get into the way: that needs root.") }
    }

    /// What the addresses that this box has now make of the configuration. Anybody may read them; where nobody can, the daemon will say so.
    private static func networks(_ settings: Settings) -> [String] {
        guard let kernel = try? LinuxKernel(), let snapshot = try? kernel.snapshot(of: settings.interfaces) else { return [] }
        return NetworkRelations(settings, in: snapshot, files: BoxFilesReader.read([:])).problems.map(\.sentence.text)
    }
}
