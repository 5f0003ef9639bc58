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
            "5:28: error: each of 'targets' has to be 'gateway', the address of a host, or a mapping with 'kind', not 'foo' | a name won't do: looking it up needs the very WAN that is being probed",
            "5:55: error: 'interval' has to be a time from 100ms to 1h, not '5' | add a unit, such as '5s' or '5ms'"),
        Case(
            "one WAN", "lan: {interfaces: [br0]}\nwans:\n  telkom: {interface: eth0, metric: 1}\n",
            "3:3: warning: 'telkom' is the only WAN: there is nothing to fail over to | add another to 'wans'"),
        Case(
            "sixteen WANs",
            "lan: {interfaces: [br0]}\nwans:\n  w1: {interface: eth1, metric: 1}\n  w2: {interface: eth2, metric: 2}\n  w3: {interface: eth3, metric: 3}\n  w4: {interface: eth4, metric: 4}\n  w5: {interface: eth5, metric: 5}\n  w6: {interface: eth6, metric: 6}\n  w7: {interface: eth7, metric: 7}\n  w8: {interface: eth8, metric: 8}\n  w9: {interface: eth9, metric: 9}\n  w10: {interface: eth10, metric: 10}\n  w11: {interface: eth11, metric: 11}\n  w12: {interface: eth12, metric: 12}\n  w13: {interface: eth13, metric: 13}\n  w14: {interface: eth14, metric: 14}\n  w15: {interface: eth15, metric: 15}\n  w16: {interface: eth16, metric: 16}\n  w17: {interface: eth17, metric: 17}\n",
            "18:3: error: more than 15 WANs | packet marks have room for no more: give 'mark-mask' more bits, such as 0x0ff00000"),
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
        .office(
            "a quorum with services beside the targets that count",
            "probe: {targets: [gateway, 1.1.1.1, {kind: dns, server: 9.9.9.9, name: a.b}], quorum: 2}",
            "5:87: error: 'quorum' is 2, but there is 1 target of kind 'icmp' or 'tcp' beyond the gateway | no WAN would ever be up: lower it to 1 or less, or add targets"
        ),
        .office(
            "a quorum with services alone",
            "probe: {targets: [{kind: arp}, {kind: dns, server: 9.9.9.9, name: a.b}, {kind: exec, command: [/a]}], quorum: 3}",
            "5:111: error: 'quorum' is 3, but there are 2 targets beyond the gateway | no WAN would ever be up: lower it to 2 or less, or add targets"
        ),
        .office(
            "a quorum with nothing beyond the gateway", "probe: {targets: [gateway, {kind: arp}], quorum: 2}",
            "5:50: error: 'quorum' has to be 1 when no target is beyond the gateway, not 2 | add targets beyond the gateway"),
        Case(
            "what is for all WANs is wrong for one that has its own targets",
            "lan: {interfaces: [br0]}\nwans:\n  a: {interface: eth0, metric: 1, probe: {targets: [1.1.1.1]}}\n  b: {interface: eth1, metric: 2}\nprobe: {quorum: 2}\n",
            "5:17: error: 'quorum' is 2, but there is 1 target beyond the gateway for WAN 'a' | no WAN would ever be up: lower it to 1 or less, or add targets"
        ),
        Case(
            "what is wrong for all is no matter if no WAN has it so",
            "lan: {interfaces: [br0]}\nwans:\n  a: {interface: eth0, metric: 1, probe: {quorum: 1}}\n  b: {interface: eth1, metric: 2, probe: {quorum: 3}}\nprobe: {quorum: 4}\n"
        ),
        Case(
            "a metered WAN with an interval of its own",
            "lan: {interfaces: [br0]}\nwans:\n  a: {interface: eth0, metric: 1, probe: {interval: 1m}}\n  b: {interface: eth1, metric: 2, metered: true, probe: {interval: 1m}}\n",
            "4:68: error: 'interval' is 1m, longer than 'metered-interval' (30s by default) for WAN 'b' | write 'metered-interval: 1m' or more as well"
        ),
        .office(
            "longer than the timeout", "probe: {timeout: 200ms, min-rto: 300ms, burst-interval: 1s}",
            "5:34: error: 'min-rto' is 300ms, longer than 'timeout' (200ms) | after 'timeout' nobody waits for an answer any more: lower 'min-rto', or raise 'timeout'",
            "5:57: error: 'burst-interval' is 1s, longer than 'timeout' (200ms) | after 'timeout' nobody waits for an answer any more: lower 'burst-interval', or raise 'timeout'"
        ),
        Case(
            "a timeout of one WAN below what is for all",
            "lan: {interfaces: [br0]}\nwans:\n  a: {interface: eth0, metric: 1, probe: {timeout: 100ms}}\n  b: {interface: eth1, metric: 2}\nprobe: {min-rto: 200ms}\n",
            "3:52: error: 'min-rto' is 200ms, longer than 'timeout' (100ms) for WAN 'a' | after 'timeout' nobody waits for an answer any more: lower 'min-rto', or raise 'timeout'"
        ),
        .office(
            "a service that is waited for longer than it is asked",
            "probe: {targets: [1.1.1.1, {kind: exec, command: [/a], interval: 5s}, {kind: dns, server: 9.9.9.9, name: a, interval: 2s, timeout: 2s}]}",
            "5:28: warning: 'exec /a' is asked every 5s, but its answer may take 10s | give it a 'timeout' of 5s or less, or a longer 'interval'"
        ),
        .office(
            "a profile that every key beside it overrides", "probe: {profile: fast, interval: 1s, min-rto: 100ms, burst-interval: 50ms}",
            "5:18: warning: 'profile' changes nothing: 'interval', 'min-rto' and 'burst-interval' are all given beside it | leave out those, or 'profile'"
        ),
        .office(
            "a budget that leaves nothing of the watch", "probe: {budget: 100kB}",
            "5:17: error: a 'budget' of 100kB a month is too small: targets would be asked less than once an hour | it has to be 246kB at least; or take fewer targets, or longer intervals"
        ),
        .office("a budget that is just enough", "probe: {budget: 246kB}"),
        Case(
            "a budget that is too small for the targets of one WAN",
            "lan: {interfaces: [br0]}\nwans:\n  a: {interface: eth0, metric: 1, probe: {targets: [{kind: tcp, address: 1.1.1.1, port: 443}, 8.8.8.8]}}\n  b: {interface: eth1, metric: 2}\nreadiness: {interval: off}\nprobe: {budget: 195kB}\n",
            "6:17: error: a 'budget' of 195kB a month is too small for WAN 'a': targets would be asked less than once an hour | it has to be 219kB at least; or take fewer targets, or longer intervals"
        ),
        Case(
            "a metered WAN that is dear while it stands by",
            "lan: {interfaces: [br0]}\nwans:\n  a: {interface: eth0, metric: 1}\n  b: {interface: eth1, metric: 2, metered: true}\n  c: {interface: eth2, metric: 3, metered: true, probe: {budget: 30MB}}\nprobe: {metered-interval: 20s}\n",
            "4:44: warning: to probe 'b' while it stands by costs 1.1 MB a day | a longer 'metered-interval', fewer targets or a 'budget' makes it less"
        ),
        .office(
            "a page that says nothing is expected to say something", "readiness: {http: \"http://192.0.2.9/ok\", status: 204, body: good}",
            "5:61: error: a page with status 204 has no body | leave out 'body', or expect another 'status'"),
        .office(
            "what is expected of no page", "readiness: {http: none, status: 201}",
            "5:33: error: there is no page that this could be expected of | leave it out, or give a page: 'http'"),
        .office(
            "a proof of nothing", "readiness: {dns: none, http: none}",
            "5:30: error: 'readiness' has nothing to ask: 'dns' and 'http' are both 'none' | write 'interval: off' if the WAN isn't to be proven"
        ),
        .office("no proof at all", "readiness: {interval: off, dns: none, http: none}"),
        .office(
            "limits that can't be",
            "probe:\n  thresholds:\n    loss: {leave: 10%, return: 20%}\n    mean: {return: 1s}\n    deviation: 100ms\n    p99: {leave: 61s}\n    jitter: none\n",
            "7:32: error: 'return' is 20%, above 'leave' (10%) | a WAN that is bad has to get better than that before it is good again; half of 'leave' if left out",
            "8:5: error: 'leave' is missing in 'mean' | from where on it is bad, such as 'leave: 300ms'",
            "9:16: error: 'deviation' has to be 'none' or a mapping with the keys 'leave' and 'return', not '100ms' | write '{leave: 100ms}'",
            "10:18: error: 'leave' has to be a time from 1ms to 1m, not '61s'",
            "11:5: error: unknown key 'jitter' | the keys here are 'loss', 'mean', 'deviation' and 'p99'"),
        .office(
            "shares and sizes", "probe: {budget: 100, thresholds: {loss: {leave: 20, return: 0.5}}}\nmin-stay: 2h\n",
            "5:17: error: 'budget' has to be 'none' or a size from 1kB to 1000GB, not '100' | add a unit, such as '100MB' or '100GB'",
            "5:49: error: 'leave' has to be a percentage from 0% to 99%, not '20' | add a unit, such as '20%'",
            "5:61: error: 'return' has to be a percentage from 0% to 99%, not '0.5' | add a unit, such as '0.5%'",
            "6:11: error: 'min-stay' has to be a time from 0s to 1h, not '2h'"),
        .office(
            "more shares and sizes", "probe: {budget: 100MiB, profile: slow, thresholds: {loss: {leave: 100%, return: 20 %}}}\n",
            "5:17: error: 'budget' has to be 'none' or a size from 1kB to 1000GB, not '100MiB' | write one number and one of the units 'kB', 'MB' and 'GB', with nothing in between",
            "5:34: error: 'profile' has to be 'normal' or 'fast', not 'slow'",
            "5:67: error: 'leave' has to be a percentage from 0% to 99%, not '100%'",
            "5:81: error: 'return' has to be a percentage from 0% to 99%, not '20 %' | write a number and '%', with nothing in between"
        ),
        Case(
            "a target that is the gateway of a WAN",
            "lan: {interfaces: [br0]}\nwans:\n  a: {interface: eth0, metric: 1, gateway: 192.0.2.1}\n  b: {interface: eth1, metric: 2, gateway: 192.0.2.1}\nprobe: {targets: [gateway, 192.0.2.1, 1.1.1.1]}\n",
            "5:28: warning: 192.0.2.1 is the gateway of WAN 'a': its answer says nothing about the Internet | use 'gateway', which stands for each WAN's own"
        ),
        Case(
            "a fast path without nftables",
            "lan: {interfaces: [br0]}\nwans:\n  a: {interface: eth0, metric: 1}\n  b: {interface: eth1, metric: 2}\nfastpath: on\n",
            "5:11: error: 'fastpath: on' needs nftables: iptables has no flowtable | set 'firewall: nftables', or 'fastpath: off'"
        ),
        Case(
            "a fast path with nftables",
            "lan: {interfaces: [br0]}\nwans:\n  a: {interface: eth0, metric: 1}\n  b: {interface: eth1, metric: 2}\nfirewall: nftables\nfastpath: on\n"
        ),
        Case(
            "a fast path with a firewall that is wrong by itself",
            "lan: {interfaces: [br0]}\nwans:\n  a: {interface: eth0, metric: 1}\n  b: {interface: eth1, metric: 2}\nfirewall: nft\nfastpath: on\n",
            "5:11: error: 'firewall' has to be 'iptables' or 'nftables', not 'nft'"
        ),
        Case(
            "warnings stand among the errors, by position",
            "lan: {interfaces: [br0]}\nwans:\n  a: {interface: eth0, metric: 1, gateway: 192.0.2.1}\nprobe: {targets: [192.0.2.1], hold: 1}\nfoo: 1\n",
            "3:3: warning: 'a' is the only WAN: there is nothing to fail over to | add another to 'wans'",
            "4:19: warning: 192.0.2.1 is the gateway of WAN 'a': its answer says nothing about the Internet | use 'gateway', which stands for each WAN's own",
            "4:37: error: 'hold' has to be a time from 0s to 1h, not '1' | add a unit, such as '1s' or '1ms'",
            "5:1: error: unknown key 'foo' | the keys here are 'lan', 'wans', 'probe', 'readiness', 'min-stay', 'firewall', 'iptables', 'mark-mask', 'reports', 'tell-clients', 'fastpath' and 'language'"
        ),
    ]

    @Test("keys that do not go together are reported at the one to change", arguments: cases)
    func check(_ sample: Case) { sample.check() }
}
