package import Chassis
package import Configuration
import Floor
import Glibc
package import Model

/// The configuration file, read and checked: for each service that goes by it.
package struct ConfigurationFile {
    package var settings: Settings
    package var text: String
    package var warnings: [Problem]

    package struct Refused: Error {
        package var path: String
        /// Why it couldn't be read at all.
        package var unreadable: String?
        package var problems: [Problem] = []

        /// Each in the form that compilers use, with its place in the file.
        package var lines: [String] { (unreadable.map { [$0] } ?? []) + problems.map { $0.text(file: path) } }

        package var failure: Failure {
            Failure(status: .configuration, message: "the configuration is refused\n" + lines.joined(separator: "\n"))
        }
    }

    /// - Parameter devices: nil: what isn't there is no warning. It may be plugged in later, and the status says what is missing.
    package init(path: String, devices: [Device]? = nil) throws(Refused) {
        do {
            text = String(decoding: try Files.read(path), as: UTF8.self)
        } catch {
            throw Refused(path: path, unreadable: "\(error). The shipped example is etc/uplinkd/uplinkd.yaml.")
        }
        switch Configuration.parse(text, programs: Self.complaint, devices: devices) {
        case .accepted(let settings, let warnings):
            self.settings = settings
            self.warnings = warnings
        case .refused(let problems): throw Refused(path: path, problems: problems)
        }
    }
}

extension ConfigurationFile {
    /// With the names that the interfaces have now. nil: nobody has looked.
    package func assigned(among devices: [Device]?) -> ConfigurationFile {
        var file = self
        if let devices { file.settings = settings.assigned(among: devices) }
        return file
    }

    /// What keeps a program from being run, if anything.
    private static func complaint(aboutProgram path: String) -> String? {
        var information = stat()
        guard stat(path, &information) == 0 else { return "\(path) can't be run: \(errorText())" }
        guard information.st_mode & S_IFMT == S_IFREG else { return "\(path) can't be run: it isn't a file" }
        return access(path, X_OK) == 0 ? nil : "\(path) can't be run: \(errorText())"
    }
}
