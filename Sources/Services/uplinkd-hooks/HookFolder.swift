import Floor
import Glibc

/// The folder with the administrator's programs. It is looked at anew for each event, so that a new one needs no restart.
struct HookFolder {
    struct Contents: Equatable {
        /// In the order of their names.
        var hooks: [String] = []
        /// Those that are not run, and why: sentences.
        var refused: [String] = []
    }

    let path: String

    func file(_ hook: String) -> String { "\(path)/\(hook)" }

    func read() -> Contents {
        if let refusal = refusalOfFolder() { return Contents(refused: [refusal]) }
        let names: [String]
        do throws(CallError) { names = try Files.names(in: path) } catch {
            return Contents(refused: ["\(path) can't be read: \(errorText(error.code))."])
        }
        var contents = Contents()
        for name in names where !name.hasPrefix(".") {
            if let refusal = refusal(of: name) {
                contents.refused.append("\(file(name)) is not run: \(refusal).")
            } else {
                contents.hooks.append(name)
            }
        }
        contents.hooks.sort()
        contents.refused.sort()
        return contents
    }

    /// Whoever may write here decides what this service runs, so that has to be root alone.
    private func refusalOfFolder() -> String? {
        var found = stat()
        guard stat(path, &found) == 0 else { return "\(path) can't be read: \(errorText())." }
        guard found.st_mode & S_IFMT == S_IFDIR else { return "\(path) is no folder." }
        guard found.st_uid == 0, found.st_mode & 0o022 == 0 else {
            return "Nothing in \(path) is run, since others than root may write there: chown root \(path) && chmod go-w \(path)"
        }
        return nil
    }

    /// A clause with what to do; nil: it is run.
    private func refusal(of name: String) -> String? {
        // As run-parts(8) has it: what a package manager or an editor leaves behind (.dpkg-old, ~) is no hook.
        guard Self.isHookName(name) else { return "a hook's name has only letters, digits, - and _" }
        var found = stat()
        guard lstat(file(name), &found) == 0 else { return errorText() }
        guard found.st_mode & S_IFMT == S_IFREG else { return "it is no regular file; copy it instead of linking to it" }
        guard found.st_uid == 0 else { return "it isn't root's: chown root \(file(name))" }
        guard found.st_mode & 0o022 == 0 else { return "others than root may write to it: chmod go-w \(file(name))" }
        guard access(file(name), X_OK) == 0 else { return "this service may not execute it: chmod +rx \(file(name))" }
        return nil
    }

    static func isHookName(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy {
                switch $0 {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}
