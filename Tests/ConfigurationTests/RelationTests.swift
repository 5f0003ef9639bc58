import Testing

@Suite struct RelationTests {
    static let cases: [Case] = [
        Case(
            "two WANs on one interface and one metric",
            "lan: {interfaces: [br0]}\nwans:\n  telkom:\n    interface: eth0\n    metric: 1\n  smartfren:\n    interface: eth0\n    metric: 1\n",
            "7:16: error: 'eth0' is already the interface of WAN 'telkom' | each WAN has an interface of its own; the other one is on line 3",
            "8:13: error: 1 is already the metric of WAN 'telkom' | each WAN has a metric of its own, the lowest is the first choice; the other one is on line 3"
        ),
        Case(
            "a WAN on an interface of the LAN",
            "lan:\n  interfaces:\n    - br0\n    - eth0\nwans:\n  a: {interface: eth0, metric: 1}\n  b: {interface: eth1, metric: 2}\n",
            "6:18: error: 'eth0' is an interface of the LAN | take it out of 'lan.interfaces' on line 4, or give the WAN another"),
        Case(
            "wrong keys are not compared, the right items of a wrong list are",
            "lan: {interfaces: [br0, lo]}\nwans:\n  a: {interface: br0, metric: x}\n  b: {interface: eth0, metric: x}\nprobe: {targets: [gateway, foo], quorum: 9, interval: 5, metered-interval: 500ms}\n",
            "1:25: error: each of 'interfaces' has to be the name of a network interface, not 'lo' | 'lo' is the loopback interface: nothing leaves the box by it",
            "3:18: error: 'br0' is an interface of the LAN | take it out of 'lan.interfaces' on line 1, or give the WAN another",
            "3:31: error: 'metric' has to be a whole number from 1 to 999, not 'x'",
            "4:32: error: 'metric' has to be a whole number from 1 to 999, not 'x'",
            "5:28: error: each of 'targets' has to be 'gateway' or the IPv4 address of a host, not 'foo' | a host's name won't do: looking it up needs the very WAN that is being probed",
            "5:55: error: 'interval' has to be a time from 100ms to 1h, not '5' | add a unit, such as '5s' or '5ms'"),
        Case(
            "one WAN", "lan: {interfaces: [br0]}\nwans:\n  telkom: {interface: eth0, metric: 1}\n",
            "3:3: warning: 'telkom' is the only WAN: there is nothing to fail over to | add another to 'wans'"),
        Case(
            "sixteen WANs",
            "lan: {interfaces: [br0]}\nwans:\n  w1: {interface: eth1, metric: 1}\n  w2: {interface: eth2, metric: 2}\n  w3: {interface: eth3, metric: 3}\n  w4: {interface: eth4, metric: 4}\n  w5: {interface: eth5, metric: 5}\n  w6: {interface: eth6, metric: 6}\n  w7: {interface: eth7, metric: 7}\n  w8: {interface: eth8, metric: 8}\n  w9: {interface: eth9, metric: 9}\n  w10: {interface: eth10, metric: 10}\n  w11: {interface: eth11, metric: 11}\n  w12: {interface: eth12, metric: 12}\n  w13: {interface: eth13, metric: 13}\n  w14: {interface: eth14, metric: 14}\n  w15: {interface: eth15, metric: 15}\n  w16: {interface: eth16, metric: 16}\n  w17: {interface: eth17, metric: 17}\n",
            "18:3: error: more than 15 WANs | packet marks have room for no more"),
        .office(
            "a quorum above the targets", "probe: {targets: [gateway, 1.1.1.1, 8.8.8.8], quorum: 3}",
            "5:55: error: 'quorum' is 3, but there are 2 targets beyond the gateway | no WAN would ever be up: lower it to 2 or less, or add targets"
        ),
        .office(
            "a quorum above the one target", "probe: {targets: [1.1.1.1], quorum: 2}",
            "5:37: error: 'quorum' is 2, but there is 1 target beyond the gateway | no WAN would ever be up: lower it to 1 or less, or add targets"
        ),
        .office(
            "a quorum above the default targets", "probe: {quorum: 4}",
            "5:17: error: 'quorum' is 4, but there are 3 targets beyond the gateway | no WAN would ever be up: lower it to 3 or less, or add targets"
        ),
        .office(
            "a quorum with the gateway alone", "probe: {targets: [gateway], quorum: 2}",
            "5:37: error: 'quorum' has to be 1 when 'gateway' is the only target, not 2 | add targets beyond the gateway"),
        .office(
            "a metered interval below the interval", "probe: {interval: 10s, metered-interval: 1.5s}",
            "5:42: error: 'metered-interval' is 1500ms, shorter than 'interval' (10s) | a metered WAN is to be probed less often than others, not more"
        ),
        .office(
            "a metered interval below the default interval", "probe: {metered-interval: 999ms}",
            "5:27: error: 'metered-interval' is 999ms, shorter than 'interval' (1s) | a metered WAN is to be probed less often than others, not more"
        ),
        .office(
            "an interval above the default metered interval", "probe: {interval: 90s}",
            "5:19: error: 'interval' is 90s, longer than 'metered-interval' (30s by default) | write 'metered-interval: 90s' or more as well"
        ),
        Case(
            "a target that is the gateway of a WAN",
            "lan: {interfaces: [br0]}\nwans:\n  a: {interface: eth0, metric: 1, gateway: 192.0.2.1}\n  b: {interface: eth1, metric: 2, gateway: 192.0.2.1}\nprobe: {targets: [gateway, 192.0.2.1, 1.1.1.1]}\n",
            "5:28: warning: 192.0.2.1 is the gateway of WAN 'a': its answer says nothing about the Internet | use 'gateway', which stands for each WAN's own"
        ),
        Case(
            "warnings stand among the errors, by position",
            "lan: {interfaces: [br0]}\nwans:\n  a: {interface: eth0, metric: 1, gateway: 192.0.2.1}\nprobe: {targets: [192.0.2.1], hold: 1}\nfoo: 1\n",
            "3:3: warning: 'a' is the only WAN: there is nothing to fail over to | add another to 'wans'",
            "4:19: warning: 192.0.2.1 is the gateway of WAN 'a': its answer says nothing about the Internet | use 'gateway', which stands for each WAN's own",
            "4:37: error: 'hold' has to be a time from 0s to 1h, not '1' | add a unit, such as '1s' or '1ms'",
            "5:1: error: unknown key 'foo' | the keys here are 'lan', 'wans', 'probe' and 'iptables'"),
    ]

    @Test("keys that do not go together are reported at the one to change", arguments: cases)
    func check(_ sample: Case) { sample.check() }
}
