import Foundation
import LinuxKernel
import Model
import Plan
import Testing

/// A folder of programs that stand in for iptables.
final class Programs {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("uplinkd-\(getpid())-\(UUID().uuidString)")
    var path: String { folder.path }

    /// `iptables-save` and `iptables-restore` that say they are version 1.8.9, and do this otherwise.
    init(_ script: String, version: String = "v1.8.9 (nf_tables)") throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for name in ["iptables-restore", "iptables-save"] {
            let text = """
                #!/bin/sh
                [ "$1" = --version ] && { echo "${0##*/} \(version)"; exit 0; }
                \(script)

                """
            let file = folder.appendingPathComponent(name).path
            try text.write(toFile: file, atomically: false, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file)
        }
        // Another user has to get at them, too.
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    }

    deinit {
        do { try FileManager.default.removeItem(at: folder) } catch { Issue.record(error) }
    }
}

@Suite struct IPTablesTests {
    /// Beside a thousand other tests a program has to wait for its turn.
    private static let patience: Duration = .seconds(120)

    func failure(_ body: () async throws -> Void) async -> String? {
        do { try await body() } catch let error as FirewallError { return error.description } catch { Issue.record(error) }
        return nil
    }

    @Test(
        "what a program says of itself decides what it is",
        arguments: [("v1.8.9 (nf_tables)", IPTables.Backend.nfTables), ("v1.8.9 (legacy)", .legacy), ("v1.6.1", .legacy)])
    func backend(_ version: String, _ backend: IPTables.Backend) async throws {
        let programs = try Programs("exit 0", version: version)
        let found = try await IPTables.find(.auto, path: programs.path, limit: Self.patience)
        #expect(found.backend == backend)
        #expect(found.sendsNotices == (backend == .nfTables))
        #expect(found.kind == (backend == .nfTables ? "nft" : "legacy"))
    }

    @Test(
        "a failure is told in words to act on, with what the program said",
        arguments: [
            (
                "echo 'iptables-restore: line 3 failed' >&2; exit 1",
                ["iptables-restore failed (exit status 1): iptables-restore: line 3 failed"]
            ),
            ("exit 2", ["exit status 2", "no explanation"]),
            ("kill -9 $$", ["signal 9"]),
            (
                "echo 'Another app is currently holding the xtables lock.' >&2; exit 4",
                ["another program has held the lock for 2 s", "Another app"]
            ),
            ("echo 'Fatal: can'\\''t open lock file /run/xtables.lock: Permission denied' >&2; exit 4", ["tmpfiles.d"]),
            ("echo 'Could not fetch rule set generation id: Permission denied (you must be root)' >&2; exit 4", ["CAP_NET_ADMIN"]),
        ])
    func failures(_ script: String, _ words: [String]) async throws {
        let programs = try Programs(script)
        let firewall = try await IPTables.find(.auto, path: programs.path, limit: Self.patience)
        let applying = await failure { try await firewall.apply(FirewallRestore(.nat, text: "*nat\nCOMMIT\n")) }
        for word in words { #expect(applying?.contains(word) == true, "\(applying ?? "success")") }
        #expect(await failure { _ = try await firewall.observe(.nat) } != nil)
    }

    @Test("a program that doesn't end is killed, and gone when the error comes")
    func hanging() async throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("uplinkd-\(getpid())-\(UUID().uuidString)").path
        defer { unlink(file) }
        let programs = try Programs("echo $$ > \(file); exec sleep 1000")
        // Long enough for a busy machine to begin it.
        let firewall = try await IPTables.find(.auto, path: programs.path, limit: .seconds(10))
        let error = await failure { try await firewall.apply(FirewallRestore(.nat, text: "")) }
        #expect(error?.contains("did not finish within 10.0 seconds and was killed") == true)
        let child = try #require(pid_t(String(contentsOfFile: file, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)))
        #expect(kill(child, 0) == -1 && errno == ESRCH)
    }

    @Test("without end is not printed into our memory")
    func flood() async throws {
        let programs = try Programs("exec yes")
        // On a busy machine 4 MB take their time.
        let firewall = try await IPTables.find(.auto, path: programs.path, limit: Self.patience)
        let error = await failure { _ = try await firewall.observe(.nat) }
        #expect(error?.contains("printed more than 4 MB") == true, "\(error ?? "success")")
    }

    @Test("a child gets a path and a language, and nothing of our environment")
    func environment() async throws {
        let programs = try Programs("/usr/bin/env >&2; exit 1")
        let firewall = try await IPTables.find(.auto, path: programs.path, limit: Self.patience)
        let error = try #require(await failure { _ = try await firewall.observe(.nat) })
        #expect(error.contains("LC_ALL=C"))
        #expect(error.contains("PATH=/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin"))
        #expect(!error.contains("HOME="))
    }

    @Test("a text larger than a pipe gets through, and one that nobody reads is no disaster")
    func input() async throws {
        let text = String(repeating: "# a comment\n", count: 50_000)
        let reading = try Programs("[ $(wc -c) -eq \(text.utf8.count) ]")
        try await IPTables.find(.auto, path: reading.path, limit: Self.patience).apply(FirewallRestore(.nat, text: text))
        let deaf = try Programs("echo 'why not' >&2; exit 1")
        let firewall = try await IPTables.find(.auto, path: deaf.path, limit: Self.patience)
        #expect(await failure { try await firewall.apply(FirewallRestore(.nat, text: text)) }?.contains("why not") == true)
    }

    @Test("a variant that isn't there is named, with where it was looked for")
    func missing() async throws {
        // This folder has the programs under the name of no variant.
        let programs = try Programs("exit 0")
        for variant in [IPTablesVariant.nft, .legacy] {
            let error = await failure { _ = try await IPTables.find(variant, path: programs.path, systemPath: "", limit: Self.patience) }
            #expect(
                error == "iptables-\(variant.rawValue)-restore is not in \(programs.path): install the package iptables, or choose another "
                    + "with `iptables:`")
        }
        try FileManager.default.removeItem(atPath: "\(programs.path)/iptables-save")
        let error = await failure { _ = try await IPTables.find(.auto, path: programs.path, systemPath: "", limit: Self.patience) }
        #expect(error?.hasPrefix("iptables-save is not in \(programs.path): ") == true, "\(error ?? "success")")
    }

    @Test("a box without ip6tables works for IPv4, and says what is missing for IPv6 once it is asked; installed later, it is found")
    func withoutIPv6() async throws {
        let programs = try Programs("echo '*nat'; echo COMMIT")
        let firewall = try await IPTables.find(.auto, path: programs.path, systemPath: "", limit: Self.patience)
        #expect(try await firewall.observe(.nat) == [:])
        #expect(
            await failure { _ = try await firewall.observe(.nat6) }
                == "ip6tables-restore is not in \(programs.path): install the package iptables, or set `ipv6: off` for every WAN")
        for name in ["restore", "save"] {
            try FileManager.default.copyItem(atPath: "\(programs.path)/iptables-\(name)", toPath: "\(programs.path)/ip6tables-\(name)")
        }
        #expect(try await firewall.observe(.nat6) == [:])
    }

    @Test("a box without nft is told what to install")
    func withoutNFT() async throws {
        let programs = try Programs("exit 0")
        let error = await failure { _ = try await NFTables.find(path: programs.path, systemPath: "") }
        #expect(error == "nft is not in \(programs.path): install the package nftables, or set `firewall: iptables`")
    }

    @Test("a program that went away after it was found is an error, and no end of ours")
    func vanished() async throws {
        let programs = try Programs("exit 0")
        let firewall = try await IPTables.find(.auto, path: programs.path, limit: Self.patience)
        for name in ["iptables-restore", "iptables-save"] { try FileManager.default.removeItem(atPath: "\(programs.path)/\(name)") }
        #expect(await failure { try await firewall.apply(FirewallRestore(.nat, text: "")) }?.contains("could not be run") == true)
        #expect(await failure { _ = try await firewall.observe(.nat) }?.contains("could not be run") == true)
    }
}

/// The real programs, in a namespace.
@Suite(.serialized, .enabled(if: Place.isNamespace)) struct RealIPTablesTests {
    static let text = """
        *nat
        :UPLINKD_NAT - [0:0]
        -A UPLINKD_NAT -o eth0 -j MASQUERADE
        -A UPLINKD_NAT -o usb0 -j MASQUERADE
        -A POSTROUTING -j UPLINKD_NAT
        COMMIT

        """
    static let removal = "*nat\n-D POSTROUTING -j UPLINKD_NAT\n-F UPLINKD_NAT\n-X UPLINKD_NAT\nCOMMIT\n"
    static let expected: FirewallContents = [
        "POSTROUTING": ["-j UPLINKD_NAT"], "UPLINKD_NAT": ["-o eth0 -j MASQUERADE", "-o usb0 -j MASQUERADE"],
    ]

    @Test("what is applied is observed, and what is removed isn't", arguments: [IPTablesVariant.nft, .legacy, .auto])
    func roundTrip(_ variant: IPTablesVariant) async throws {
        let firewall = try await IPTables.find(variant)
        if variant != .auto { #expect(firewall.backend == (variant == .nft ? .nfTables : .legacy)) }
        #expect(try await firewall.observe(.nat) == [:])
        try await firewall.apply(FirewallRestore(.nat, text: Self.text))
        #expect(try await firewall.observe(.nat) == Self.expected)
        // The chain is emptied by `:UPLINKD_NAT`, so its rules don't pile up.
        try await firewall.apply(FirewallRestore(.nat, text: Self.text.replacing("-A POSTROUTING -j UPLINKD_NAT\n", with: "")))
        #expect(try await firewall.observe(.nat) == Self.expected)
        try await firewall.apply(FirewallRestore(.nat, text: Self.removal))
        #expect(try await firewall.observe(.nat) == [:])
    }

    @Test("a text with a mistake changes nothing at all", arguments: [IPTablesVariant.nft, .legacy])
    func atomic(_ variant: IPTablesVariant) async throws {
        let firewall = try await IPTables.find(variant)
        try await firewall.apply(FirewallRestore(.nat, text: Self.text))
        let wrong = "*nat\n:UPLINKD_NAT - [0:0]\n-A UPLINKD_NAT -o eth9 -j MASQUERADE\n-A UPLINKD_NAT -j NOSUCHTARGET\nCOMMIT\n"
        await #expect(throws: FirewallError.self) { try await firewall.apply(FirewallRestore(.nat, text: wrong)) }
        #expect(try await firewall.observe(.nat) == Self.expected)
        try await firewall.apply(FirewallRestore(.nat, text: Self.removal))
    }

    /// Runs the real programs as the daemon does: another user, with two capabilities or with none.
    func programs(_ variant: String, capabilities: String, lock: String = "/run/xtables.lock") throws -> Programs {
        let sets = ["--inh-caps", "--ambient-caps", "--bounding-set"].map { "\($0) -all\(capabilities)" }.joined(separator: " ")
        return try Programs(
            """
            export XTABLES_LOCKFILE=\(lock)
            exec setpriv --reuid 65534 --regid 65534 --clear-groups \(sets) iptables-\(variant)-${0##*iptables-} "$@"
            """)
    }

    @Test("an ordinary user with CAP_NET_ADMIN and CAP_NET_RAW may do it all, by nf_tables")
    func ambient() async throws {
        let programs = try programs("nft", capabilities: ",+net_admin,+net_raw")
        let firewall = try await IPTables.find(.auto, path: programs.path)
        try await firewall.apply(FirewallRestore(.nat, text: Self.text))
        #expect(try await firewall.observe(.nat) == Self.expected)
        try await firewall.apply(FirewallRestore(.nat, text: Self.removal))
    }

    @Test("by the legacy variant that user needs a lock file that it may open, and is told so")
    func legacyLock() async throws {
        let lock = FileManager.default.temporaryDirectory.appendingPathComponent("uplinkd-\(getpid())-lock").path
        defer { unlink(lock) }
        for mode in [0o600, 0o666] {
            unlink(lock)
            #expect(FileManager.default.createFile(atPath: lock, contents: nil))
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: lock)
            let programs = try programs("legacy", capabilities: ",+net_admin,+net_raw", lock: lock)
            let firewall = try await IPTables.find(.auto, path: programs.path)
            if mode == 0o600 {
                let error = await #expect(throws: FirewallError.self) { try await firewall.apply(FirewallRestore(.nat, text: Self.text)) }
                #expect(error?.description.contains("tmpfiles.d") == true, "\(error?.description ?? "")")
            } else {
                try await firewall.apply(FirewallRestore(.nat, text: Self.text))
                #expect(try await firewall.observe(.nat) == Self.expected)
                try await firewall.apply(FirewallRestore(.nat, text: Self.removal))
            }
        }
    }

    @Test("a lock that another program holds is waited for, and then named")
    func heldLock() async throws {
        let lock = FileManager.default.temporaryDirectory.appendingPathComponent("uplinkd-\(getpid())-held").path
        defer { unlink(lock) }
        let descriptor = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        try #require(flock(descriptor, LOCK_EX) == 0)
        let programs = try Programs("export XTABLES_LOCKFILE=\(lock)\nexec iptables-legacy-${0##*iptables-} \"$@\"")
        let firewall = try await IPTables.find(.auto, path: programs.path)
        let error = await #expect(throws: FirewallError.self) { try await firewall.apply(FirewallRestore(.nat, text: Self.text)) }
        #expect(error?.description.contains("another program has held the lock") == true, "\(error?.description ?? "")")
        flock(descriptor, LOCK_UN)
        try await firewall.apply(FirewallRestore(.nat, text: Self.text))
        try await firewall.apply(FirewallRestore(.nat, text: Self.removal))
    }

    @Test("without capabilities it says what is needed", arguments: ["nft", "legacy"])
    func powerless(_ variant: String) async throws {
        let programs = try programs(variant, capabilities: "", lock: "/dev/null")
        let firewall = try await IPTables.find(.auto, path: programs.path)
        let error = await #expect(throws: FirewallError.self) { try await firewall.apply(FirewallRestore(.nat, text: Self.text)) }
        #expect(error?.description.contains("CAP_NET_ADMIN and CAP_NET_RAW are needed") == true, "\(error?.description ?? "")")
    }
}
