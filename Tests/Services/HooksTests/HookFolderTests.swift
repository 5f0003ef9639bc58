import Glibc
import Testing

@testable import uplinkd_hooks

@Suite struct HookFolderTests {
    @Test("hooks are run in the order of their names, and looked for each time")
    func order() async throws {
        let folder = try Folder()
        for name in ["mail", "20-webhook", "Telegram_2"] { try await folder.script(name, "true") }
        let hooks = HookFolder(path: folder.path)
        #expect(hooks.read() == .init(hooks: ["20-webhook", "Telegram_2", "mail"]))
        try await folder.script("10-first", "true")
        unlink("\(folder.path)/mail")
        #expect(hooks.read().hooks == ["10-first", "20-webhook", "Telegram_2"])
    }

    @Test(
        "what isn't safe to run isn't run, and the sentence says what to do",
        arguments: [
            ("mail.sh", 0o755, 0, "a hook's name has only letters, digits, - and _"), ("mail~", 0o755, 0, "a hook's name"),
            ("mail.dpkg-old", 0o755, 0, "a hook's name"), ("Größe", 0o755, 0, "a hook's name"), ("mail", 0o644, 0, "chmod +rx"),
            ("mail", 0o775, 0, "chmod go-w"), ("mail", 0o757, 0, "chmod go-w"), ("mail", 0o755, 65534, "chown root"),
        ] as [(String, mode_t, uid_t, String)])
    func refused(name: String, mode: mode_t, owner: uid_t, advice: String) async throws {
        let folder = try Folder()
        try await folder.write(name, "#!/bin/sh\n", mode: mode)
        chown("\(folder.path)/\(name)", owner, 0)
        let contents = HookFolder(path: folder.path).read()
        #expect(contents.hooks == [])
        #expect(contents.refused.count == 1)
        #expect(contents.refused.first?.hasPrefix("\(folder.path)/\(name) is not run: ") == true)
        #expect(contents.refused.first?.contains(advice) == true, "\(contents.refused)")
    }

    @Test("neither are links and folders; hidden files nobody hears of")
    func kinds() async throws {
        let folder = try Folder()
        symlink("/bin/true", "\(folder.path)/link")
        mkdir("\(folder.path)/folder", 0o755)
        try await folder.script(".hidden", "true")
        let contents = HookFolder(path: folder.path).read()
        #expect(contents.hooks == [])
        #expect(contents.refused.count == 2 && contents.refused.allSatisfy { $0.contains("no regular file") })
    }

    @Test(
        "a folder in which others may write: nothing of it is run",
        arguments: [(0o775, 0), (0o757, 0), (0o755, 65534)] as [(mode_t, uid_t)])
    func openFolder(mode: mode_t, owner: uid_t) async throws {
        let folder = try Folder()
        try await folder.script("mail", "true")
        chown(folder.path, owner, 0)
        chmod(folder.path, mode)
        let contents = HookFolder(path: folder.path).read()
        #expect(contents.hooks == [])
        #expect(
            contents.refused == [
                "Nothing in \(folder.path) is run, since others than root may write there: chown root \(folder.path) && chmod go-w \(folder.path)"
            ])
    }

    @Test("no folder is no hooks, with a word about it")
    func missing() {
        let contents = HookFolder(path: "/nonexistent/hooks.d").read()
        #expect(contents == .init(hooks: [], refused: ["/nonexistent/hooks.d can't be read: No such file or directory."]))
    }
}
