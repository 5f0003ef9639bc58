import Lab
import Testing

extension BesideOthers {
    /// What an administrator does with the daemon, and what he does wrong.
    @Suite("uplinkd and its administrator")
    struct AdministrationTests {
        /// All of the router's state that we have a hand in, as text; less how long a router's advertisement still holds, which runs with the clock.
        private static func state(_ lab: Lab) async throws -> String {
            try await lab.router.node.shell(
                """
                ip route show table all | grep default | sed 's/ expires [0-9]*sec//' | sort
                ip rule
                iptables-nft -t nat -S
                for i in br0 eth0 usb0; do
                    for s in forwarding rp_filter ignore_routes_with_linkdown; do cat /proc/sys/net/ipv4/conf/$i/$s; done
                done
                """)
        }

        /// stdout and stderr of a command that may fail, and its exit status on the last line.
        private static func attempt(_ command: String, in lab: Lab) async throws -> String {
            try await lab.router.node.shell("set +e; \(command) 2>&1; echo status $?")
        }

        private static func uplinkd(_ arguments: String, in lab: Lab) -> String {
            "\(lab.programs.uplinkd) --config \(lab.folder)/uplinkd.yaml --control \(lab.folder)/control \(arguments)"
        }

        private static func configureWithoutDaemon(_ lab: Lab) async throws {
            let daemon = try await lab.startDaemon()
            try await lab.ready(daemon)
            try await daemon.stop()
            _ = try await attempt(uplinkd("--teardown", in: lab), in: lab)
        }

        @Test("teardown takes back all of ours, and puts back all that was there, word for word", arguments: DHCPMetrics.allCases)
        func teardown(metrics: DHCPMetrics) async throws {
            try await Lab.with(options: LabOptions(metrics: metrics)) { lab in
                let before = try await Self.state(lab)
                let daemon = try await lab.startDaemon()
                try await lab.ready(daemon)
                #expect(try await Self.state(lab) != before)
                let refused = try await Self.attempt(Self.uplinkd("--teardown", in: lab), in: lab)
                #expect(refused.contains("another uplinkd (pid \(await daemon.processIdentifier)) is running here"))
                try await daemon.stop()
                let after = try await Self.state(lab)
                let dry = try await Self.attempt(Self.uplinkd("--teardown --dry-run --json", in: lab), in: lab)
                #expect(dry.contains("\"ip route del default via"))
                #expect(dry.contains("\"problems\" : ["))
                #expect(try await Self.state(lab) == after)
                let done = try await Self.attempt(Self.uplinkd("--teardown", in: lab), in: lab)
                #expect(done.hasSuffix("status 0\n"), "\(done)")
                #expect(try await Self.state(lab) == before)
            }
        }

        @Test("who has made the whole box forward meanwhile keeps that at the teardown")
        func teardownWhileForwarding() async throws {
            try await Lab.with { lab in
                let daemon = try await lab.startDaemon()
                try await lab.ready(daemon)
                try await lab.router.node.shell("echo 1 > /proc/sys/net/ipv4/ip_forward")
                try await daemon.stop()
                let done = try await Self.attempt(Self.uplinkd("--teardown", in: lab), in: lab)
                #expect(done.hasSuffix("status 0\n"), "\(done)")
                let folder = "/proc/sys/net/ipv4/conf"
                let settings = try await lab.router.node.shell(
                    "cat \(folder)/br0/forwarding \(folder)/eth0/forwarding \(folder)/usb0/forwarding \(folder)/eth0/rp_filter")
                #expect(settings == "1\n1\n1\n1\n")
            }
        }

        @Test("forwarding that is switched off for the whole box is back at once, and that is told; clients go on")
        func forwardingOff() async throws {
            try await Lab.with { lab in
                let daemon = try await lab.startDaemon()
                try await lab.ready(daemon)
                // As wg-quick's PostDown of many does, and `sysctl --system`.
                try await lab.router.node.shell("sysctl -qw net.ipv4.ip_forward=1; sysctl -qw net.ipv4.ip_forward=0")
                try await lab.eventually("every interface forwards again") {
                    try await lab.router.node.shell("cd /proc/sys/net/ipv4/conf; cat br0/forwarding eth0/forwarding usb0/forwarding")
                        == "1\n1\n1\n"
                }
                try await lab.carries(Addresses.telkom)
                try await lab.eventually("it is told") {
                    try await daemon.events().contains {
                        $0.kind == "repair" && $0.details?["commands"]?.contains("net.ipv4.conf.br0.forwarding=1") == true
                    }
                }
            }
        }

        @Test("a dry run prints the commands and changes nothing")
        func dryRun() async throws {
            try await Lab.with { lab in
                try await Self.configureWithoutDaemon(lab)
                let before = try await Self.state(lab)
                let plan = try await Self.attempt(Self.uplinkd("--dry-run", in: lab), in: lab)
                #expect(plan.contains("ip route prepend default via"))
                #expect(plan.contains("-A UPLINKD_NAT -o eth0 -j MASQUERADE"))
                #expect(plan.hasSuffix("status 0\n"))
                #expect(try await Self.state(lab) == before)
            }
        }

        @Test("what IPv6 needs is set for the WANs alone, not where somebody else takes advertisements, and once")
        func ipv6Settings() async throws {
            try await Lab.with { lab in
                try await Self.configureWithoutDaemon(lab)
                try await lab.router.node.shell(
                    """
                    cd /proc/sys/net/ipv6/conf
                    echo 0 > all/forwarding; echo 0 > all/ignore_routes_with_linkdown
                    echo 1 > eth0/accept_ra; echo 0 > usb0/accept_ra; echo 1 > br0/accept_ra
                    """)
                func settings() async throws -> String {
                    try await lab.router.node.shell(
                        """
                        cd /proc/sys/net/ipv6/conf
                        echo $(cat eth0/accept_ra usb0/accept_ra br0/accept_ra all/forwarding usb0/ignore_routes_with_linkdown)
                        """)
                }
                let before = "1 0 1 0 0\n"
                #expect(try await settings() == before)
                let dry = try await Self.attempt(Self.uplinkd("--ipv6-settings --dry-run", in: lab), in: lab)
                #expect(dry.hasPrefix("sysctl -w net/ipv6/conf/eth0/accept_ra=2\n") && dry.hasSuffix("status 0\n"), "\(dry)")
                #expect(try await settings() == before)
                let done = try await Self.attempt(Self.uplinkd("--ipv6-settings", in: lab), in: lab)
                #expect(done == dry)
                #expect(try await settings() == "2 0 1 1 1\n")
                #expect(try await Self.attempt(Self.uplinkd("--ipv6-settings", in: lab), in: lab) == "status 0\n")
                try await lab.router.node.shell("sed -i 's/metric: /ipv6: off\\n    metric: /' \(lab.folder)/uplinkd.yaml")
                let off = try await Self.attempt(Self.uplinkd("--ipv6-settings", in: lab), in: lab)
                #expect(off == "# No WAN is to have IPv6, so nothing is set.\nstatus 0\n")
            }
        }

        @Test("a check answers in JSON, too, with the same exit status")
        func check() async throws {
            try await Lab.with { lab in
                try await Self.configureWithoutDaemon(lab)
                let check = "\(lab.programs.uplinkctl) check \(lab.folder)/uplinkd.yaml --json"
                let right = try await Self.attempt(check, in: lab)
                #expect(right.contains("\"accepted\" : true"))
                #expect(right.hasSuffix("status 0\n"))
                try await lab.router.node.shell("sed -i 's/metric: 2/metrc: 2/' \(lab.folder)/uplinkd.yaml")
                let wrong = try await Self.attempt(check, in: lab)
                #expect(wrong.contains("\"message\" : \"unknown key 'metrc'\""))
                #expect(wrong.contains("\"line\" : 10"))
                #expect(wrong.hasSuffix("status 2\n"))
                let absent = try await Self.attempt("\(lab.programs.uplinkctl) check /nonexistent --json", in: lab)
                #expect(absent.contains("No such file or directory"))
                #expect(absent.hasSuffix("status 2\n"))
            }
        }

        @Test("a second daemon is refused with the first one's pid")
        func second() async throws {
            try await Lab.with { lab in
                let daemon = try await lab.startDaemon()
                try await lab.ready(daemon)
                let command = Self.uplinkd("", in: lab).replacing("/control", with: "/second")
                let refused = try await Self.attempt(command, in: lab)
                #expect(refused.contains("another uplinkd (pid \(await daemon.processIdentifier)) is running here"))
                #expect(refused.hasSuffix("status 3\n"))
                #expect(await daemon.isRunning)
            }
        }

        @Test(
            "with few descriptors it does what it can, or says that it can't; it never dies of it",
            arguments: [24, 29, 34])
        func descriptors(_ limit: Int) async throws {
            try await Lab.with { lab in
                try await Self.configureWithoutDaemon(lab)
                let ended = try await Self.attempt(
                    "timeout --preserve-status -k 5 2 prlimit --nofile=\(limit) " + Self.uplinkd("", in: lab), in: lab)
                // 0 ended as asked, 1 failed; above 128 a signal ended it.
                #expect(ended.hasSuffix("status 0\n") || ended.hasSuffix("status 1\n"), "\(ended)")
            }
        }

        @Test("a local user can't keep it from starting: what it holds, nobody else can take")
        func localUser() async throws {
            try await Lab.with { lab in
                try await lab.router.node.shell(
                    """
                    setpriv --reuid 65534 --clear-groups /usr/bin/python3 -c '
                    import fcntl, glob, socket
                    name = socket.socket(socket.AF_UNIX)
                    name.bind("\\0net.uplinkd")
                    for path in glob.glob("/run/uplinkd/*"):
                        try: fcntl.flock(open(path), fcntl.LOCK_EX | fcntl.LOCK_NB)
                        except OSError: pass
                    print("holds", flush=True)
                    import time; time.sleep(20)' > \(lab.folder)/stranger & echo $! > \(lab.folder)/stranger.pid
                    """)
                try await lab.eventually("the stranger holds all that he can") {
                    try await lab.router.node.shell("cat \(lab.folder)/stranger") == "holds\n"
                }
                let daemon = try await lab.startDaemon()
                try await lab.ready(daemon)
                try await lab.router.node.shell("kill $(cat \(lab.folder)/stranger.pid)")
            }
        }

        @Test("without the capabilities it says so in one line, and nothing has been done")
        func noPermission() async throws {
            try await Lab.with { lab in
                try await Self.configureWithoutDaemon(lab)
                let before = try await Self.state(lab)
                let refused = try await Self.attempt(
                    "setpriv --reuid 65534 --clear-groups --inh-caps=-all --bounding-set=-all " + Self.uplinkd("", in: lab), in: lab)
                #expect(refused.hasPrefix("uplinkd: CAP_NET_ADMIN and CAP_NET_RAW missing"))
                #expect(refused.split(separator: "\n").count == 2)
                #expect(refused.hasSuffix("status 4\n"))
                #expect(try await Self.state(lab) == before)
            }
        }

        @Test("a reload loses no packet; a bad file leaves the one before in force and says where it is wrong")
        func reload() async throws {
            try await Lab.with { lab in
                let daemon = try await lab.startDaemon()
                try await lab.ready(daemon)
                let stream = try await lab.client.stream()
                let edit = "sed -i 's/hold: 2s/hold: 3s/' \(lab.folder)/uplinkd.yaml"
                try await lab.router.node.shell(edit)
                let changes = try await daemon.control(["reload"])
                #expect(changes == "wans.telkom.probe.hold: 2s is now 3s\nwans.smartfren.probe.hold: 2s is now 3s\n")
                try await lab.router.node.shell("sed -i 's/metric: 2/metrc: 2/' \(lab.folder)/uplinkd.yaml")
                let refused = try await Self.attempt("\(lab.programs.uplinkctl) reload --control \(lab.folder)/control", in: lab)
                #expect(refused.contains("uplinkd.yaml:10:5: error: unknown key 'metrc'"))
                #expect(refused.hasSuffix("status 2\n"))
                let status = try await daemon.status()
                #expect(status.wans.count == 2)
                #expect(try await lab.client.wayOut()?.name == "telkom")
                #expect(try await stream.stop().lost == 0)
            }
        }

        @Test("the operator sends the traffic to the backup and back; a WAN that doesn't exist or is down is refused")
        func operatorsWord() async throws {
            try await Lab.with { lab in
                let daemon = try await lab.startDaemon()
                try await lab.ready(daemon)
                try await daemon.control(["switch", "smartfren"])
                try await lab.carries(Addresses.smartfren)
                try await daemon.kill9()
                try await daemon.restart()
                try await lab.selects(Addresses.smartfren, daemon)
                try await daemon.control(["switch", "auto"])
                try await lab.selects(Addresses.telkom, daemon)
                try await lab.carries(Addresses.telkom)
                let switching = "\(lab.programs.uplinkctl) switch --control \(lab.folder)/control"
                let unknown = try await Self.attempt("\(switching) indihome", in: lab)
                #expect(unknown.contains("telkom, smartfren"))
                try await lab.smartfren.cutCable()
                try await lab.health("no-carrier", of: Addresses.smartfren, daemon)
                let down = try await Self.attempt("\(switching) smartfren", in: lab)
                #expect(down.contains("no-carrier"))
                #expect(down.hasSuffix("status 1\n"))
            }
        }

        @Test("an interface that doesn't exist makes its WAN absent, and the daemon runs on")
        func noSuchInterface() async throws {
            try await Lab.with { lab in
                let daemon = try await lab.startDaemon(
                    DaemonConfiguration(text: DaemonConfiguration.office().text.replacing("usb0", with: "wwan7")))
                try await lab.health("absent", of: Addresses.smartfren, daemon)
                try await lab.health("up", of: Addresses.telkom, daemon)
                try await lab.carries(Addresses.telkom)
            }
        }

        @Test("a default route by an interface that is no WAN is left alone, and the status says that it comes first")
        func stranger() async throws {
            try await Lab.with { lab in
                let daemon = try await lab.startDaemon()
                try await lab.ready(daemon)
                try await lab.router.node.shell(
                    """
                    ip link add tun0 type veth peer name tun1
                    ip addr add 10.8.0.2/24 dev tun0
                    ip link set tun0 up
                    ip link set tun1 up
                    ip route add default via 10.8.0.1 dev tun0 proto static
                    """)
                try await lab.eventually("the status names tun0") {
                    try await daemon.control(["status"]).contains("new sessions leave by tun0, which is no WAN")
                }
                try await lab.router.node.shell("ip link del tun0")
                try await lab.eventually("the status is content again") {
                    try await !daemon.control(["status"]).contains("tun0")
                }
                try await lab.carries(Addresses.telkom)
            }
        }

        @Test("a damaged record is kept aside and told of; a dry run leaves even that alone")
        func damagedRecord() async throws {
            try await Lab.with { lab in
                try await Self.configureWithoutDaemon(lab)
                try await Shell.run("echo nonsense > \(lab.folder)/state.json")
                let dry = try await Self.attempt(Self.uplinkd("--dry-run", in: lab), in: lab)
                #expect(dry.contains("state.json, the record of what was there before us, is damaged"))
                let untouched = try await Shell.run("cat \(lab.folder)/state.json")
                #expect(untouched == "nonsense\n")
                let daemon = try await lab.startDaemon()
                try await lab.ready(daemon)
                let kept = try await Shell.run("cat \(lab.folder)/state.json.damaged")
                #expect(kept == "nonsense\n")
            }
        }

        @Test("a full disk keeps the record from being written, and the failover from nothing")
        func fullDisk() async throws {
            try await Lab.with { lab in
                // One page, which the configuration takes: state.json finds no room.
                try await Shell.run("mount -t tmpfs -o size=4k tmpfs \(lab.folder)")
                let result: Result<Void, any Error>
                do {
                    let daemon = try await lab.startDaemon()
                    try await lab.ready(daemon)
                    let problems = try await daemon.control(["status"])
                    #expect(problems.contains("No space left on device"))
                    try await lab.telkom.silenceUpstream()
                    try await lab.carries(Addresses.smartfren)
                    try await daemon.stop()
                    result = .success(())
                } catch { result = .failure(error) }
                try await Shell.run("umount -l \(lab.folder)")
                try result.get()
            }
        }

        @Test("what was recorded through a fault replays to the same effects")
        func recording() async throws {
            try await Lab.with { lab in
                let file = "\(lab.folder)/run.scenario"
                let daemon = try await lab.startDaemon(record: file)
                try await lab.ready(daemon)
                try await lab.telkom.silenceUpstream()
                try await lab.selects(Addresses.smartfren, daemon)
                try await lab.telkom.restoreUpstream()
                try await lab.selects(Addresses.telkom, daemon)
                try await daemon.stop()
                let replay = try await Self.attempt("\(lab.programs.uplinkd) --replay \(file)", in: lab)
                #expect(replay.contains("steps come out as recorded"))
                #expect(replay.hasSuffix("status 0\n"), "\(replay)")
            }
        }
    }
}
