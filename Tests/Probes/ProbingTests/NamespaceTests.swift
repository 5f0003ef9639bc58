import Foundation
import Testing

/// Real packets between two namespaces. The prober runs in a child process: a test process must not change its own namespace.
@Suite("Probing in a namespace", .serialized)
struct NamespaceTests {
    @Test("a target beyond either WAN and a gateway answer, whichever WAN has the better route")
    func answered() throws {
        try TwoWANs.with("answer") { wans in
            let prober = try wans.prober()
            let (eth0, usb0) = (try wans.index(of: "eth0"), try wans.index(of: "usb0"))
            for end in ["w0", "w1"] { try wans.inWorld(["iptables", "-A", "INPUT", "-i", end, "-p", "icmp", "-j", "ACCEPT"]) }
            try prober.send(1, by: "eth0", index: eth0)
            try prober.send(2, by: "usb0", index: usb0)
            try prober.send(3, by: "usb0", index: usb0, to: "198.51.100.1")
            for id in 1...3 { #expect((0..<30).contains(try prober.answer(to: id))) }
            let counters = try prober.counters()
            #expect(counters["sent"] == 3)
            #expect(counters["replies"] == 3)
            // How many came to the far end of each cable: the world's own word, not the prober's.
            let rules = try wans.inWorld(["iptables", "-nvxL", "INPUT"]).split(separator: "\n").suffix(2)
            #expect(rules.map { $0.split(separator: " ").first } == ["1", "2"])
        }
    }

    @Test("IPv6 targets and gateways answer, too, and a missing route or address is an error of ours")
    func answered6() throws {
        try TwoWANs.with("six") { wans in
            try wans.settle6()
            let prober = try wans.prober()
            let (eth0, usb0) = (try wans.index(of: "eth0"), try wans.index(of: "usb0"))
            // One after another: the replies may come in any order, and lines are read in theirs.
            for (id, (name, index, target)) in [
                ("eth0", eth0, TwoWANs.target6), ("usb0", usb0, TwoWANs.target6), ("usb0", usb0, "fe80::1"),
            ].enumerated() {
                try prober.send(id, by: name, index: index, to: target)
                #expect((0..<30).contains(try prober.answer(to: id)))
            }
            try wans.ip(wans.box, "route del default via fe80::1 dev eth0", "addr del 2001:db8:2::2/64 dev usb0")
            try prober.forgetRoutes()
            try prober.send(4, by: "eth0", index: eth0, to: TwoWANs.target6)
            #expect(try prober.error(of: 4).hasSuffix("looking for a route to 2001:db8:9::1 by this interface: Network is unreachable"))
            // A link-local address is none to ask the world from, and another WAN's is worse: the reply would go there.
            try prober.send(5, by: "usb0", index: usb0, to: TwoWANs.target6)
            #expect(try prober.error(of: 5).hasSuffix("to ask from: Cannot assign requested address"))
            try prober.send(6, by: "usb0", index: usb0, to: "fe80::1")
            _ = try prober.answer(to: 6)
        }
    }

    @Test("a router that says it can't go on is believed, and named")
    func unreachable() throws {
        try TwoWANs.with("unreach") { wans in
            try wans.forward()
            try wans.settle6()
            let prober = try wans.prober()
            let eth0 = try wans.index(of: "eth0")
            try prober.send(1, by: "eth0", index: eth0, to: "203.0.113.77")
            #expect(try prober.wrong(1) == "unreachable 192.0.2.1 says: network unreachable")
            try prober.send(2, by: "eth0", index: eth0, to: "2001:db8:77::1")
            #expect(try prober.wrong(2) == "unreachable 2001:db8:1::1 says: network unreachable")
            // What it says of other people's packets never gets to us.
            try wans.inBox(["sh", "-c", "ping -c 1 -W 0.1 203.0.113.78 || nc -uz 203.0.113.79 9 || true"])
            #expect(try prober.counters()["wrong"] == 2)
        }
    }

    @Test("a WAN with a route and no address is not asked from another's")
    func noAddress() throws {
        try TwoWANs.with("noaddr") { wans in
            let prober = try wans.prober()
            let usb0 = try wans.index(of: "usb0")
            try wans.ip(wans.box, "addr flush dev usb0", "route add default dev usb0 metric 2")
            try prober.send(1, by: "usb0", index: usb0)
            #expect(try prober.error(of: 1).hasSuffix("of the interface: Cannot assign requested address"))
        }
    }

    @Test("a route is believed to be there for a while, and asked for again when the kernel has news")
    func routeMemory() throws {
        try TwoWANs.with("memory") { wans in
            let prober = try wans.prober()
            let eth0 = try wans.index(of: "eth0")
            try prober.send(1, by: "eth0", index: eth0)
            _ = try prober.answer(to: 1)
            try wans.ip(wans.box, "route del default dev eth0")
            try prober.forgetRoutes()
            try prober.send(2, by: "eth0", index: eth0)
            _ = try prober.error(of: 2)
            // That there was none is not remembered.
            try wans.ip(wans.box, "route add default via 192.0.2.1 dev eth0 metric 1")
            try prober.send(3, by: "eth0", index: eth0)
            _ = try prober.answer(to: 3)
            // Nobody tells: after ten seconds it is noticed all the same.
            try wans.ip(wans.box, "route del default dev eth0")
            let deadline = Deadline()
            var id = 3
            repeat {
                try #require(!deadline.isOver)
                id += 1
                try prober.send(id, by: "eth0", index: eth0)
                usleep(20_000)
            } while try prober.counters()["not-sent"] == 1
        }
    }

    @Test("without a route by that interface a probe is not sent, though the other WAN has one")
    func noRoute() throws {
        try TwoWANs.with("noroute") { wans in
            let prober = try wans.prober()
            let eth0 = try wans.index(of: "eth0")
            try wans.ip(wans.box, "route del default dev eth0")
            try prober.forgetRoutes()
            try prober.send(1, by: "eth0", index: eth0)
            #expect(try prober.error(of: 1).hasSuffix("eth0: looking for a route to 203.0.113.1 by this interface: No route to host"))
            // Its own network is still there.
            try prober.send(2, by: "eth0", index: eth0, to: "192.0.2.1")
            _ = try prober.answer(to: 2)
            try wans.ip(wans.box, "route add default via 192.0.2.1 dev eth0 metric 1001")
            try prober.send(3, by: "eth0", index: eth0)
            _ = try prober.answer(to: 3)
            // Nobody was called for by ARP who isn't on the link.
            #expect(!(try run(["ip", "-n", wans.box, "neigh"])).contains(TwoWANs.target))
        }
    }

    @Test("an interface that is down, and a packet filter that forbids it, are errors of ours, not losses")
    func localErrors() throws {
        try TwoWANs.with("local") { wans in
            let prober = try wans.prober()
            let (eth0, usb0) = (try wans.index(of: "eth0"), try wans.index(of: "usb0"))
            try wans.inBox(["iptables", "-A", "OUTPUT", "-o", "eth0", "-p", "icmp", "-j", "DROP"])
            try prober.send(1, by: "eth0", index: eth0)
            #expect(try prober.error(of: 1).hasSuffix("Operation not permitted (a rule of this box's own packet filter drops it)"))
            try wans.ip(wans.box, "link set usb0 down")
            try prober.send(2, by: "usb0", index: usb0)
            #expect(try prober.error(of: 2).contains("usb0: "))
            let counters = try prober.counters()
            #expect(counters["sent"] == 0)
            #expect(counters["not-sent"] == 2)
        }
    }

    @Test("a modem that was replugged is probed by its new index, and by its old one no more")
    func replugged() throws {
        try TwoWANs.with("replug") { wans in
            let prober = try wans.prober()
            let old = try wans.index(of: "usb0")
            try prober.send(1, by: "usb0", index: old)
            _ = try prober.answer(to: 1)
            try wans.ip(wans.box, "link del usb0")
            try prober.send(2, by: "usb0", index: old)
            #expect(try prober.error(of: 2).contains("No such device"))
            try wans.addCable("usb0", "w1")
            let new = try wans.index(of: "usb0")
            try #require(new != old)
            try prober.send(3, by: "usb0", index: new)
            _ = try prober.answer(to: 3)
            try prober.send(4, by: "usb0", index: old)
            #expect(try prober.error(of: 4).contains("No such device"))
        }
    }

    @Test("a reply that comes in by the other WAN is ignored and counted")
    func otherInterface() throws {
        try TwoWANs.with("other") { wans in
            let prober = try wans.prober()
            let (eth0, usb0) = (try wans.index(of: "eth0"), try wans.index(of: "usb0"))
            // Opens the socket that will see it.
            try prober.send(1, by: "usb0", index: usb0)
            _ = try prober.answer(to: 1)
            try wans.ip(wans.world, "route add 192.0.2.2/32 via 198.51.100.2 dev w1")
            try prober.send(2, by: "eth0", index: eth0)
            let counters = try prober.counters { $0["wrong-interface"] == 1 }
            #expect(counters["replies"] == 1)
            try wans.ip(wans.world, "route del 192.0.2.2/32 via 198.51.100.2 dev w1")
            try prober.send(3, by: "eth0", index: eth0)
            _ = try prober.answer(to: 3)
            #expect(!prober.reported().contains("answered 2 "))
        }
    }

    @Test("spoofed and broken replies are ignored, each for its reason; the true one counts once")
    func spoofed() throws {
        try TwoWANs.with("spoof") { wans in
            let prober = try wans.prober()
            let eth0 = try wans.index(of: "eth0")
            _ = try wans.spoofer()
            try prober.send(7, by: "eth0", index: eth0)
            _ = try prober.answer(to: 7)
            let counters = try prober.counters { $0["duplicate"] == 1 }
            #expect(
                counters == [
                    "sent": 1, "not-sent": 0, "replies": 1, "wrong": 0, "other-identifier": 1, "unknown-sequence": 1,
                    // Zeroes instead of the cookie, and the cookie with something behind it.
                    "wrong-cookie": 2,
                    // A broken checksum, one cut short, one too long.
                    "malformed": 3, "wrong-source": 1, "wrong-interface": 0, "duplicate": 1,
                ])
        }
    }

    @Test("two probers and a ping on one box don't confuse each other")
    func neighbours() throws {
        try TwoWANs.with("both") { wans in
            let probers = [try wans.prober(), try wans.prober()]
            let eth0 = try wans.index(of: "eth0")
            for round in 1...20 {
                for prober in probers { try prober.send(round, by: "eth0", index: eth0) }
                for prober in probers { _ = try prober.answer(to: round) }
            }
            try wans.inBox(["ping", "-c", "3", "-i", "0.01", "-I", "eth0", TwoWANs.target])
            for prober in probers {
                // All of the other's, but for those before its own socket was there, and the three pings.
                let counters = try prober.counters { ($0["other-identifier"] ?? 0) >= 19 + 3 }
                #expect(counters["replies"] == 20)
                #expect(counters["malformed"] == 0)
                #expect(counters["unknown-sequence"] == 0)
            }
        }
    }

    @Test("replies that come thick and fast are all read")
    func load() throws {
        try TwoWANs.with("load") { wans in
            let prober = try wans.prober()
            let eth0 = try wans.index(of: "eth0")
            let result = try prober.load("0.5 0.001 eth \(eth0) 1 203.0.113.1 203.0.113.9 192.0.2.1")
            #expect(try #require(result["sent"]) > 1000)
            let counters = try prober.counters { $0["replies"] == $0["sent"] }
            #expect(counters["sent"] == Int(try #require(result["sent"])))
        }
    }

    @Test("the socket of an interface that is no longer used is closed, and opened anew when it is")
    func retain() throws {
        try TwoWANs.with("retain") { wans in
            let prober = try wans.prober()
            let (eth0, usb0) = (try wans.index(of: "eth0"), try wans.index(of: "usb0"))
            try prober.send(1, by: "eth0", index: eth0)
            try prober.send(2, by: "usb0", index: usb0)
            _ = try prober.answer(to: 1)
            _ = try prober.answer(to: 2)
            func rawSockets() throws -> Int { try wans.inBox(["cat", "/proc/net/raw"]).split(separator: "\n").count - 1 }
            #expect(try rawSockets() == 2)
            try prober.retain("usb0")
            _ = try prober.counters { _ in (try? rawSockets()) == 1 }
            try prober.send(3, by: "eth0", index: eth0)
            _ = try prober.answer(to: 3)
            #expect(try rawSockets() == 2)
        }
    }
}
