import Foundation
import Testing

/// Each kind of question with real sockets: right answers, wrong ones, silence, and what keeps us from asking.
@Suite("Kinds of probes in a namespace", .serialized)
struct KindTests {
    /// What a probe that can't be sent has to say, whichever kind it is.
    private func expectLocalErrors(_ wans: TwoWANs, _ question: String) throws {
        let prober = try wans.prober()
        let (eth0, usb0) = (try wans.index(of: "eth0"), try wans.index(of: "usb0"))
        try wans.ip(wans.box, "route del default via 192.0.2.1 dev eth0")
        try prober.ask(1, by: "eth0", index: eth0, question)
        #expect(try prober.error(of: 1).hasSuffix("by this interface: No route to host"))
        try wans.ip(wans.box, "link del usb0")
        try prober.ask(2, by: "usb0", index: usb0, question)
        #expect(try prober.error(of: 2).contains("No such device"))
        #expect(try prober.counters()["sent"] == 0)
    }

    // MARK: tcp

    @Test("a TCP connection is answered by a handshake, and leaves nothing behind")
    func connect() throws {
        try TwoWANs.with("tcp") { wans in
            try wans.settle6()
            _ = try wans.services()
            let prober = try wans.prober()
            let (eth0, usb0) = (try wans.index(of: "eth0"), try wans.index(of: "usb0"))
            try prober.ask(1, by: "eth0", index: eth0, "tcp 203.0.113.1 80")
            #expect((0..<30).contains(try prober.answer(to: 1)))
            try prober.ask(2, by: "usb0", index: usb0, "tcp 2001:db8:9::1 80")
            #expect((0..<30).contains(try prober.answer(to: 2)))
            #expect(try wans.inBox(["ss", "-Htan"]).isEmpty)
            #expect(try wans.inWorld(["sh", "-c", "ss -Htan | grep -v LISTEN || true"]).isEmpty)
        }
    }

    @Test("a closed port and a router's word are wrong answers; nobody's is none, and ends with its time")
    func connectWrong() throws {
        try TwoWANs.with("tcpwrong") { wans in
            try wans.forward()
            try wans.settle6()
            let prober = try wans.prober()
            let eth0 = try wans.index(of: "eth0")
            try prober.ask(1, by: "eth0", index: eth0, "tcp 203.0.113.1 81")
            #expect(try prober.wrong(1) == "refused 203.0.113.1:81 refuses connections")
            try prober.ask(2, by: "eth0", index: eth0, "tcp 203.0.113.77 443")
            #expect(try prober.wrong(2) == "unreachable 192.0.2.1 says: network unreachable")
            try prober.ask(3, by: "eth0", index: eth0, "tcp 2001:db8:77::1 443")
            #expect(try prober.wrong(3) == "unreachable 2001:db8:1::1 says: network unreachable")
            try prober.ask(4, by: "eth0", index: eth0, "tcp 2001:db8:9::1 81")
            #expect(try prober.wrong(4) == "refused [2001:db8:9::1]:81 refuses connections")

            try wans.inWorld(["iptables", "-A", "INPUT", "-p", "tcp", "-j", "DROP"])
            try prober.ask(5, by: "eth0", index: eth0, "tcp 203.0.113.1 80 timeout=0.3")
            #expect(try wans.inBox(["ss", "-Htan"]).contains("SYN-SENT"))
            let deadline = Deadline()
            while try !wans.inBox(["ss", "-Htan"]).isEmpty { try #require(!deadline.isOver) }
            // A gateway that answers nobody: the kernel's own complaint about that is no router's.
            try wans.ip(wans.world, "link set w0 arp off")
            try wans.ip(wans.box, "neigh flush dev eth0")
            try prober.ask(6, by: "eth0", index: eth0, "tcp 203.0.113.1 80 timeout=4")
            while try !wans.inBox(["ss", "-Htan"]).isEmpty { try #require(!deadline.isOver) }
            #expect(try prober.counters()["wrong"] == 4)
            #expect(try prober.counters()["not-sent"] == 0)
        }
    }

    @Test("a connection goes by the WAN that it is for, and by no other")
    func connectElsewhere() throws {
        try TwoWANs.with("tcpway") { wans in
            _ = try wans.services()
            let prober = try wans.prober()
            let usb0 = try wans.index(of: "usb0")
            // What comes back takes the other cable: that is no answer.
            try wans.ip(wans.world, "route add 198.51.100.2/32 via 192.0.2.2 dev w0")
            try prober.ask(1, by: "usb0", index: usb0, "tcp 203.0.113.1 80 timeout=0.3")
            try prober.ask(2, by: "usb0", index: usb0, "dns 203.0.113.1 right.example A timeout=0.3")
            let deadline = Deadline()
            while try !wans.inBox(["ss", "-Htuan"]).isEmpty { try #require(!deadline.isOver) }
            try wans.ip(wans.world, "route del 198.51.100.2/32 via 192.0.2.2 dev w0")
            try prober.ask(3, by: "usb0", index: usb0, "tcp 203.0.113.1 80")
            _ = try prober.answer(to: 3)
            #expect(try prober.counters()["replies"] == 1)
        }
    }

    @Test("too many open connections are an error of ours")
    func tooMany() throws {
        try TwoWANs.with("many") { wans in
            try wans.inWorld(["iptables", "-A", "INPUT", "-p", "tcp", "-j", "DROP"])
            let prober = try wans.prober()
            let eth0 = try wans.index(of: "eth0")
            for id in 1...513 {
                try prober.ask(id, by: "eth0", index: eth0, "tcp 203.0.113.1 80 timeout=600")
                // Not more lines at once than its input holds.
                if id % 50 == 0 { _ = try prober.counters() }
            }
            #expect(try prober.error(of: 513).hasSuffix("eth0: 512 questions are open already"))
            #expect(try prober.counters()["sent"] == 512)
        }
    }

    @Test(
        "without a route or an interface nothing is asked",
        arguments: [
            "tcp 203.0.113.1 80", "dns 203.0.113.1 right.example A", "http 203.0.113.1 80 /204 204 203.0.113.1",
        ])
    func localErrors(question: String) throws {
        let name = question.split(separator: " ")[0]
        try TwoWANs.with("local\(name)") { wans in try expectLocalErrors(wans, question) }
    }

    // MARK: dns

    @Test("a name server's answers are right or wrong, each for its reason")
    func dns() throws {
        try TwoWANs.with("dns") { wans in
            try wans.settle6()
            _ = try wans.services()
            let prober = try wans.prober()
            let eth0 = try wans.index(of: "eth0")
            for (id, question) in [
                "203.0.113.1 right.example A", "203.0.113.1 RIGHT.example A expect=203.0.113.1", "2001:db8:9::1 right.example AAAA",
                "203.0.113.1 right.example A expect=192.0.2.1 expect=203.0.113.1", "203.0.113.1 elsewhere.example A expect=203.0.113.1",
                "203.0.113.1 forged.example A expect=203.0.113.1",
            ].enumerated() {
                try prober.ask(id, by: "eth0", index: eth0, "dns " + question)
                #expect((0..<30).contains(try prober.answer(to: id)))
            }
            // The wrong id, the wrong question, a query in place of an answer; half a message.
            let counters = try prober.counters()
            #expect(counters["unknown-sequence"] == 3)
            #expect(counters["malformed"] == 1)
            for (id, (question, answer)) in [
                ("203.0.113.1 lying.example A expect=203.0.113.1", "dns A of lying.example is 10.10.10.10, not 203.0.113.1"),
                ("203.0.113.1 nothing.example A", "dns NXDOMAIN for nothing.example"),
                ("203.0.113.1 servfail.example A", "dns SERVFAIL for servfail.example"),
                ("203.0.113.1 truncated.example A", "dns the answer for truncated.example doesn't fit into a datagram"),
                ("203.0.113.9 right.example A", "refused 203.0.113.9:53 is closed"),
            ].enumerated() {
                let id = 100 + id
                if id == 104 {
                    // The socket that lies are sent from listens there.
                    try wans.inWorld(["iptables", "-A", "INPUT", "-d", "203.0.113.9", "-p", "udp", "-j", "REJECT"])
                }
                try prober.ask(id, by: "eth0", index: eth0, "dns " + question)
                #expect(try prober.wrong(id) == answer)
            }
            try prober.ask(200, by: "eth0", index: eth0, "dns 203.0.113.1 silent.example A timeout=0.2")
            let deadline = Deadline()
            while try !wans.inBox(["ss", "-Htuan"]).isEmpty { try #require(!deadline.isOver) }
            try wans.inBox(["iptables", "-A", "OUTPUT", "-o", "eth0", "-p", "udp", "-j", "DROP"])
            try prober.ask(201, by: "eth0", index: eth0, "dns 203.0.113.1 right.example A")
            #expect(try prober.error(of: 201).hasSuffix("Operation not permitted (a rule of this box's own packet filter drops it)"))
            try prober.ask(202, by: "eth0", index: eth0, "dns 203.0.113.1 not..a.name A")
            #expect(try prober.error(of: 202).hasSuffix("not..a.name is no domain name"))
        }
    }

    // MARK: http

    @Test("a page is the right one, somebody else's, or none at all")
    func http() throws {
        try TwoWANs.with("http") { wans in
            try wans.settle6()
            let services = try wans.services()
            let prober = try wans.prober()
            let eth0 = try wans.index(of: "eth0")
            for (id, question) in [
                "right.example 80 /204 204 203.0.113.1", "right.example 80 /right 200 203.0.113.1 body=success",
                "203.0.113.1 80 /chunked 200 203.0.113.1 body=success", "2001:db8:9::1 80 /204 204 203.0.113.1",
                "203.0.113.1 80 /slow 200 203.0.113.1 body=success", "203.0.113.1 80 /error 503 203.0.113.1 body=later",
                "203.0.113.1 80 /redirect 302 203.0.113.1", "203.0.113.1 80 /long 200 203.0.113.1 body=xxxxxxxxxx",
            ].enumerated() {
                try prober.ask(id, by: "eth0", index: eth0, "http " + question)
                #expect((0..<30).contains(try prober.answer(to: id)))
            }
            try wans.settle(services)
            #expect(services.transcript.contains("request /204 right.example\n"))
            #expect(services.transcript.contains("request /204 [2001:db8:9::1]\n"))
            // Twice that host, and one question for it.
            #expect(services.transcript.split(separator: "\n").filter { $0.hasPrefix("query right.example") }.count == 1)
            for (id, (path, answer)) in [
                ("/login 204", "portal somebody else's page: \"Isolir: tagihan belum dibayar\""),
                ("/login 200 body=success", "portal somebody else's page: \"Isolir: tagihan belum dibayar\""),
                ("/redirect 204", "portal redirects to http://portal.example/isolir?from=x"),
                ("/long 204", "portal somebody else's page: \"\(String(repeating: "x", count: 60))…\""),
                ("/error 204", "http status 503"), ("/garbage 204", "http the answer is no HTTP"),
                ("/empty 204", "http the connection was closed without an answer"), ("/reset 204", "http the connection was reset"),
            ].enumerated() {
                let words = path.split(separator: " ")
                let question = ["http 203.0.113.1 80 \(words[0]) \(words[1]) 203.0.113.1"] + words.dropFirst(2).map(String.init)
                try prober.ask(100 + id, by: "eth0", index: eth0, question.joined(separator: " "))
                #expect(try prober.wrong(100 + id) == answer)
            }
            try prober.ask(200, by: "eth0", index: eth0, "http nothing.example 80 / 200 203.0.113.1")
            #expect(try prober.wrong(200) == "dns NXDOMAIN for nothing.example")
            try prober.ask(201, by: "eth0", index: eth0, "http closed.example 80 / 200 203.0.113.1")
            #expect(try prober.wrong(201) == "refused 203.0.113.9:80 refuses connections")
            try prober.ask(202, by: "eth0", index: eth0, "http 203.0.113.1 80 /stall 200 203.0.113.1 timeout=0.2")
            let deadline = Deadline()
            while try !wans.inBox(["ss", "-Htuan"]).isEmpty { try #require(!deadline.isOver) }
            #expect(try prober.counters()["wrong"] == 10)
        }
    }

    @Test("while the name server is silent the old address is used; on a WAN with IPv6 alone the other kind is asked for")
    func httpNames() throws {
        try TwoWANs.with("names") { wans in
            try wans.settle6()
            let services = try wans.services()
            let prober = try wans.prober()
            let eth0 = try wans.index(of: "eth0")
            // Its address is not to be kept at all.
            let question = "http short.example 80 /204 204 203.0.113.1"
            try prober.ask(1, by: "eth0", index: eth0, question)
            _ = try prober.answer(to: 1)
            try prober.ask(2, by: "eth0", index: eth0, question)
            _ = try prober.answer(to: 2)
            try wans.settle(services)
            #expect(services.transcript.split(separator: "\n").filter { $0.hasPrefix("query short.example") }.count == 2)
            try services.say("silent")
            _ = try services.line(beginning: "done")
            try prober.ask(3, by: "eth0", index: eth0, question + " timeout=3")
            #expect(try prober.answer(to: 3) >= 1)
            // Of this one nobody has ever heard.
            try prober.ask(4, by: "eth0", index: eth0, "http right.example 80 /204 204 203.0.113.1 timeout=0.2")
            let deadline = Deadline()
            while try !wans.inBox(["ss", "-Htuan"]).isEmpty { try #require(!deadline.isOver) }
            try wans.settle(services)
            try wans.ip(wans.box, "addr del 192.0.2.2/24 dev eth0")
            try prober.forgetRoutes()
            try prober.ask(5, by: "eth0", index: eth0, "http right.example 80 /204 204 2001:db8:9::1")
            _ = try prober.answer(to: 5)
            try wans.settle(services)
            #expect(services.transcript.contains("query right.example 28\n"))
            #expect(try prober.counters()["wrong"] == 0)
        }
    }

    // MARK: neighbours

    @Test("a gateway that ignores pings answers ARP and neighbour solicitations; one that is gone doesn't")
    func neighbours() throws {
        try TwoWANs.with("arp") { wans in
            try wans.settle6()
            try wans.inWorld(["sysctl", "-qw", "net.ipv4.icmp_echo_ignore_all=1", "net.ipv6.icmp.echo_ignore_all=1"])
            let prober = try wans.prober()
            let (eth0, usb0) = (try wans.index(of: "eth0"), try wans.index(of: "usb0"))
            try prober.ask(1, by: "eth0", index: eth0, "arp gateway=192.0.2.1")
            #expect((0..<30).contains(try prober.answer(to: 1)))
            try prober.ask(2, by: "usb0", index: usb0, "arp gateway=198.51.100.1")
            #expect((0..<30).contains(try prober.answer(to: 2)))
            try prober.ask(3, by: "usb0", index: usb0, "nd")
            #expect((0..<30).contains(try prober.answer(to: 3)))
            // Nobody there, whatever the kernel's own table says.
            try wans.ip(wans.world, "link set w0 arp off", "addr del fe80::1/64 dev w0")
            try prober.ask(4, by: "eth0", index: eth0, "arp gateway=192.0.2.1 timeout=0.1")
            try prober.ask(5, by: "eth0", index: eth0, "nd timeout=0.1")
            try prober.ask(6, by: "usb0", index: usb0, "arp gateway=198.51.100.1")
            _ = try prober.answer(to: 6)
            try prober.ask(7, by: "usb0", index: usb0, "nd")
            _ = try prober.answer(to: 7)
            #expect(try prober.counters()["replies"] == 5)
            try prober.ask(8, by: "eth0", index: eth0, "arp")
            #expect(try prober.error(of: 8).hasSuffix("eth0: it has no gateway to ask for"))
            try wans.ip(wans.box, "route del default via fe80::1 dev eth0")
            try prober.ask(9, by: "eth0", index: eth0, "nd")
            #expect(try prober.error(of: 9).hasSuffix("by this interface: Network is unreachable"))
            func sockets() throws -> Int {
                try ["packet", "raw6"].reduce(0) { try $0 + wans.inBox(["cat", "/proc/net/\($1)"]).split(separator: "\n").count - 1 }
            }
            #expect(try sockets() == 4)
            try prober.retain()
            #expect(try sockets() == 0)
        }
    }

    @Test("lies about the gateway's link-layer address are not believed")
    func neighbourLies() throws {
        try TwoWANs.with("arplie") { wans in
            let prober = try wans.prober()
            let eth0 = try wans.index(of: "eth0")
            // The gateway is silent, and somebody on the link says things.
            try wans.ip(wans.world, "addr del 192.0.2.1/24 dev w0")
            try prober.ask(1, by: "eth0", index: eth0, "arp gateway=192.0.2.1")
            let script = """
                import socket, sys
                mac = bytes.fromhex(open('/sys/class/net/w0/address').read().strip().replace(':', ''))
                ours = bytes.fromhex(sys.argv[1].replace(':', ''))
                a = socket.inet_aton
                s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
                s.bind(('w0', 0x806))
                def send(to, op, sender, hw, target):
                    s.send(to + mac + bytes.fromhex('0806000108000604') + bytes([0, op]) + mac + a(sender) + hw + a(target))
                send(ours, 2, '192.0.2.7', ours, '192.0.2.2')      # another sender
                send(ours, 2, '192.0.2.1', ours, '192.0.2.9')      # for another
                send(ours, 2, '192.0.2.1', mac, '192.0.2.2')       # to another's address
                send(b'\\xff' * 6, 2, '192.0.2.1', ours, '192.0.2.2')  # to everybody
                send(ours, 1, '192.0.2.1', ours, '192.0.2.2')      # a request
                if len(sys.argv) > 2: send(ours, 2, '192.0.2.1', ours, '192.0.2.2')
                """
            let ours = try wans.inBox(["cat", "/sys/class/net/eth0/address"]).trimmingCharacters(in: .whitespacesAndNewlines)
            try wans.inWorld(["python3", "-c", script, ours])
            let counters = try prober.counters { $0["unknown-sequence"] == 3 && $0["malformed"] == 1 }
            #expect(counters["replies"] == 0)
            try wans.inWorld(["python3", "-c", script, ours, "truth"])
            _ = try prober.answer(to: 1)
        }
    }

    @Test("an interface without ARP is told from a gateway that is silent")
    func noARP() throws {
        try TwoWANs.with("noarp") { wans in
            try wans.ip(wans.box, "tuntap add dev ppp0 mode tun", "addr add 10.0.0.2 peer 10.0.0.1 dev ppp0", "link set ppp0 up")
            let prober = try wans.prober()
            let index = try wans.index(of: "ppp0")
            for (id, question) in ["arp gateway=10.0.0.1", "nd"].enumerated() {
                try prober.ask(id, by: "ppp0", index: index, question)
                #expect(try prober.error(of: id).hasSuffix("has neither ARP nor neighbour discovery; probe the gateway by icmp"))
            }
        }
    }

    // MARK: exec

    @Test("a program's exit status is its answer, and it knows which WAN it is for")
    func exec() throws {
        try TwoWANs.with("exec") { wans in
            let prober = try wans.prober()
            let eth0 = try wans.index(of: "eth0")
            try prober.ask(1, by: "eth0", index: eth0, "exec true")
            #expect((0..<30).contains(try prober.answer(to: 1)))
            try prober.ask(2, by: "eth0", index: eth0, "exec false")
            #expect(try prober.wrong(2) == "exec exit status 1")
            try prober.ask(3, by: "eth0", index: eth0, "exec env gateway=192.0.2.1 sh")
            // Standard input is empty, so that a program which reads it ends.
            #expect(try prober.answer(to: 3) >= 0)
            let script = FileManager.default.temporaryDirectory.appendingPathComponent("uplinkd-\(getpid())-script")
            defer { try? FileManager.default.removeItem(at: script) }
            try Data(
                """
                #!/bin/sh
                [ "$1" = environment ] && { env | sort | tr '\\n' ' '; exit 3; }
                [ "$1" = long ] && { head -c 1000000 /dev/zero | tr '\\0' x; exit 4; }
                [ "$1" = killed ] && kill -SEGV $$
                [ "$1" = signals ] && { grep -E 'SigBlk|SigIgn' /proc/self/status | tr -d '\\n\\t'; exit 5; }
                """.utf8
            ).write(to: script)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script.path)
            for (id, (argument, answer)) in [
                (
                    "environment gateway=192.0.2.1",
                    "exec exit status 3: LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin PWD="
                ),
                ("long", "exec exit status 4: " + String(repeating: "x", count: 200) + "…"), ("killed", "exec signal 11"),
                ("signals", "exec exit status 5: SigBlk:0000000000000000SigIgn:"),
            ].enumerated() {
                try prober.ask(10 + id, by: "eth0", index: eth0, "exec \(script.path) \(argument)")
                let said = try prober.wrong(10 + id)
                #expect(said.hasPrefix(answer))
                if argument == "signals" {
                    // glibc itself has two of its own ignored, above the 31 classic ones.
                    let ignored = try #require(said.split(separator: ":").last.flatMap { UInt64($0, radix: 16) })
                    #expect(ignored & 0x7fff_ffff == 0)
                }
                if id == 0 {
                    #expect(said.contains("UPLINKD_GATEWAY=192.0.2.1 UPLINKD_INTERFACE=eth0 UPLINKD_WAN=wan"))
                }
            }
            try prober.ask(20, by: "eth0", index: eth0, "exec /no/such/program")
            #expect(try prober.error(of: 20).hasSuffix("eth0: starting /no/such/program: No such file or directory"))
        }
    }

    @Test("a program that doesn't end is ended with all its children, and is not started twice")
    func endless() throws {
        try TwoWANs.with("endless") { wans in
            let prober = try wans.prober()
            let eth0 = try wans.index(of: "eth0")
            let script = FileManager.default.temporaryDirectory.appendingPathComponent("uplinkd-\(getpid())-endless")
            let note = script.path + "-children"
            defer { for path in [script.path, note] { try? FileManager.default.removeItem(atPath: path) } }
            // Its children, and it itself, ignore SIGTERM.
            try Data("#!/bin/sh\ntrap '' TERM\nsleep 1000 & echo $! >> \(note)\necho $$ >> \(note)\nsleep 1000\n".utf8).write(to: script)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script.path)
            try prober.ask(1, by: "eth0", index: eth0, "exec \(script.path) timeout=0.5")
            try prober.ask(2, by: "eth0", index: eth0, "exec \(script.path) timeout=0.5")
            #expect(try prober.error(of: 2).hasSuffix("eth0: \(script.path) is still running for this WAN"))
            #expect(try prober.wrong(1) == "exec it didn't end within 0.5 seconds")
            func waitForTheEnd(of count: Int) throws {
                let children = try String(contentsOfFile: note, encoding: .utf8).split(separator: "\n").compactMap { pid_t($0) }
                try #require(children.count == count)
                let deadline = Deadline()
                for child in children { while kill(child, 0) == 0 { try #require(!deadline.isOver); usleep(1000) } }
            }
            try waitForTheEnd(of: 2)
            // Then it may run again.
            try prober.ask(3, by: "eth0", index: eth0, "exec \(script.path) timeout=0.1")
            #expect(try prober.wrong(3) == "exec it didn't end within 0.1 seconds")
            #expect(try prober.counters()["wrong"] == 2)
            // Also nothing of this run may outlive the test.
            try waitForTheEnd(of: 4)
        }
    }
}
