import Testing

@Suite struct KeyTests {
    static let cases: [Case] = [
        Case(
            "words instead of keys", "just words",
            "1:1: error: the file has to be a mapping with the keys 'lan', 'wans', 'probe', 'readiness', 'min-stay', 'firewall', 'iptables', 'mark-mask', 'reports', 'tell-clients', 'fastpath' and 'language', not 'just words'"
        ),
        Case(
            "a list instead of keys", "[1, 2]",
            "1:1: error: the file has to be a mapping with the keys 'lan', 'wans', 'probe', 'readiness', 'min-stay', 'firewall', 'iptables', 'mark-mask', 'reports', 'tell-clients', 'fastpath' and 'language', not a list"
        ),
        Case(
            "no key at all", "{}",
            "1:1: error: 'lan' is missing | name the interfaces that the clients are behind: 'lan: {interfaces: [br0]}'",
            "1:1: error: 'wans' is missing | name each way to the Internet: 'wans: {telkom: {interface: eth0, metric: 1}}'"),
        Case(
            "the required keys are missing", "iptables: nft",
            "1:1: error: 'lan' is missing | name the interfaces that the clients are behind: 'lan: {interfaces: [br0]}'",
            "1:1: error: 'wans' is missing | name each way to the Internet: 'wans: {telkom: {interface: eth0, metric: 1}}'"),
        Case(
            "required keys with nothing in them", "lan:\nwans:\nprobe:\n",
            "1:1: error: 'interfaces' is missing in 'lan' | list the interfaces that the clients are behind, such as '[br0]'",
            "2:1: error: 'wans' names no WAN | name each way to the Internet: 'wans: {telkom: {interface: eth0, metric: 1}}'"),
        Case(
            "empty collections", "lan: {interfaces: []}\nwans: {}\n",
            "1:19: error: 'interfaces' has to be a list of at least one value, but is empty | list the interfaces that the clients are behind, such as '[br0]'",
            "2:1: error: 'wans' names no WAN | name each way to the Internet: 'wans: {telkom: {interface: eth0, metric: 1}}'"),
        Case(
            "a slip in a required key is not a missing key as well", "lans: {interfaces: [br0]}\nwan: {}\n",
            "1:1: error: unknown key 'lans' | did you mean 'lan'?",
            "2:1: error: unknown key 'wan' | did you mean 'wans'?"),
        Case(
            "words instead of a mapping", "lan: br0\nwans: [telkom]\n",
            "1:6: error: 'lan' has to be a mapping with the keys 'interfaces', 'leases', 'address', 'ports', 'dhcp' and 'dns', not 'br0'",
            "2:7: error: 'wans' has to be a mapping with a key for each WAN, not a list"),
        Case(
            "a word instead of the keys of a WAN", "lan: {interfaces: br0}\nwans:\n  telkom: eth0\n  smartfren:\n",
            "1:19: error: 'interfaces' has to be a list of at least one value, not 'br0' | write '[br0]'",
            "3:11: error: 'telkom' has to be a mapping with the keys 'interface', 'match', 'metric', 'gateway', 'metered', 'ipv6', 'drain', 'drain-classes', 'mss', 'probe' and 'readiness', not 'eth0'",
            "4:3: error: 'interface' is missing in 'smartfren' | the network interface of this WAN, such as 'interface: eth0'; `uplinkctl interfaces` lists them",
            "4:3: error: 'metric' is missing in 'smartfren' | 'metric: 1' for the first choice, 2 for the next"),
        .office(
            "unknown keys", "iptable: nft\ninterval: 1s\nmetric: 4\nprbe: {}\nfoo: bar\n",
            "5:1: error: unknown key 'iptable' | did you mean 'iptables'?",
            "6:1: error: unknown key 'interval' | its place is 'probe.interval'",
            "7:1: error: unknown key 'metric' | its place is 'wans.<name>.metric'",
            "8:1: error: unknown key 'prbe' | did you mean 'probe'?",
            "9:1: error: unknown key 'foo' | the keys here are 'lan', 'wans', 'probe', 'readiness', 'min-stay', 'firewall', 'iptables', 'mark-mask', 'reports', 'tell-clients', 'fastpath' and 'language'"
        ),
        .office(
            "reports", "reports: yes", "5:10: error: 'reports' has to be 'on' or 'off', not 'yes'"),
        .office(
            "bits of the mark", "mark-mask: 251658240",
            "5:12: error: 'mark-mask' has to be a hexadecimal number of at most 32 bits, all of its ones side by side, such as 0x0f000000, not '251658240' | write '0x' in front of it"
        ),
        .office(
            "bits of the mark with a gap", "mark-mask: 0x50000",
            "5:12: error: 'mark-mask' has to be a hexadecimal number of at most 32 bits, all of its ones side by side, such as 0x0f000000, not '0x50000'"
        ),
        .office(
            "no bit of the mark", "mark-mask: 0x0",
            "5:12: error: 'mark-mask' has to be a hexadecimal number of at most 32 bits, all of its ones side by side, such as 0x0f000000, not '0x0'"
        ),
        .office(
            "too many bits of the mark", "mark-mask: 0x100000000",
            "5:12: error: 'mark-mask' has to be a hexadecimal number of at most 32 bits, all of its ones side by side, such as 0x0f000000, not '0x100000000'"
        ),
        .office(
            "one bit is enough for one WAN", "mark-mask: 0x80000000",
            "4:3: error: more than 1 WAN | packet marks have room for no more: give 'mark-mask' more bits, such as 0x0ff00000"),
        Case(
            "how long segments may be",
            """
            lan: {interfaces: [br0]}
            wans:
              a: {interface: eth0, metric: 1, mss: on}
              b: {interface: eth1, metric: 2, mss: 535}
              c: {interface: eth2, metric: 3, mss: 8961}
              d: {interface: eth3, metric: 4, mss: 01360}
              e: {interface: eth4, metric: 5, mss: autp}
              f: {interface: eth5, metric: 6, mss: 1360}

            """,
            "3:40: error: 'mss' has to be 'auto', 'off' or a whole number from 536 to 8960, not 'on'",
            "4:40: error: 'mss' has to be 'auto', 'off' or a whole number from 536 to 8960, not '535'",
            "5:40: error: 'mss' has to be 'auto', 'off' or a whole number from 536 to 8960, not '8961'",
            "6:40: error: 'mss' has to be 'auto', 'off' or a whole number from 536 to 8960, not '01360' | write it without zeros in front",
            "7:40: error: 'mss' has to be 'auto', 'off' or a whole number from 536 to 8960, not 'autp' | did you mean 'auto'?"),
        Case(
            "how long sessions may stay",
            """
            lan: {interfaces: [br0]}
            wans:
              a: {interface: eth0, metric: 1, drain: none, ipv6: nat}
              b: {interface: eth1, metric: 2, drain: 25h, drain-classes: []}
              c:
                interface: eth2
                metric: 3
                drain-classes:
                  - {protocol: icmp, drain: 1s}
                  - {protocol: gre, ports: [1], drain: 1s}
                  - {protocol: tcp, ports: [0, 9-8, 1-2-3, 65536, -5, http], drain: 1s}
                  - {protocol: udp}
                  - {protocol: udp, ports: [53], drain: 1s}
                  - {protocol: udp, ports: [53], drain: 2s}
                  - udp
            """,
            "3:42: error: 'drain' has to be 'unlimited' or a time from 0s to 24h, not 'none' | write one number and one unit: '500ms', '1.5s', '2m' or '1h'",
            "3:54: error: 'ipv6' has to be 'masquerade' or 'off', not 'nat'",
            "4:42: error: 'drain' has to be 'unlimited' or a time from 0s to 24h, not '25h'",
            "4:62: error: 'drain-classes' has to be a list of at least one value, but is empty | write 'none', and all sessions are treated alike",
            "9:20: error: 'protocol' has to be 'tcp', 'udp', 'sctp', 'gre', 'esp' or 'ah', not 'icmp'",
            "10:32: error: 'gre' has no ports | leave out 'ports'",
            "11:33: error: each of 'ports' has to be a port from 1 to 65535, or a range of ports such as 10000-20000, not '0'",
            "11:36: error: each of 'ports' has to be a port from 1 to 65535, or a range of ports such as 10000-20000, not '9-8' | write the lower port first: '8-9'",
            "11:41: error: each of 'ports' has to be a port from 1 to 65535, or a range of ports such as 10000-20000, not '1-2-3'",
            "11:48: error: each of 'ports' has to be a port from 1 to 65535, or a range of ports such as 10000-20000, not '65536'",
            "11:55: error: each of 'ports' has to be a port from 1 to 65535, or a range of ports such as 10000-20000, not '-5'",
            "11:59: error: each of 'ports' has to be a port from 1 to 65535, or a range of ports such as 10000-20000, not 'http'",
            "12:9: error: 'drain' is missing in a class of sessions | how long they may stay, such as 'drain: 0s'",
            "14:9: error: 'udp 53: 2s' is in 'drain-classes' twice | the first one is on line 13",
            "15:9: error: a class of sessions has to be a mapping with the keys 'protocol', 'ports' and 'drain', not 'udp'"),
        .office(
            "unknown keys below", "probe: {metered_interval: 1m, TIMEOUT: 1s, iptables: nft, wait: 1s}",
            "5:9: error: unknown key 'metered_interval' | did you mean 'metered-interval'?",
            "5:31: error: unknown key 'TIMEOUT' | did you mean 'timeout'?",
            "5:44: error: unknown key 'iptables' | 'iptables' belongs at the top level, without indentation",
            "5:59: error: unknown key 'wait' | the keys here are 'profile', 'targets', 'interval', 'metered-interval', 'timeout', 'min-rto', 'burst-interval', 'quorum', 'hold', 'thresholds' and 'budget'"
        ),
        .office(
            "an unknown key whose text would move the cursor", "\"foo\\e[31m\\u202e\": 1",
            "5:1: error: unknown key 'foo<U+001B>[31m<U+202E>' | the keys here are 'lan', 'wans', 'probe', 'readiness', 'min-stay', 'firewall', 'iptables', 'mark-mask', 'reports', 'tell-clients', 'fastpath' and 'language'"
        ),
        .office(
            "an unknown key that is very long", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa: 1",
            "5:1: error: unknown key 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…' | the keys here are 'lan', 'wans', 'probe', 'readiness', 'min-stay', 'firewall', 'iptables', 'mark-mask', 'reports', 'tell-clients', 'fastpath' and 'language'"
        ),
        .office(
            "a key twice", "iptables: nft\niptables: legacy\nwans: {}\n",
            "6:1: error: 'iptables' is given twice | the first one is on line 5",
            "7:1: error: 'wans' is given twice | the first one is on line 2"),
        Case(
            "a WAN twice",
            "lan: {interfaces: [br0]}\nwans:\n  telkom: {interface: eth0, metric: 1}\n  telkom: {interface: usb0, metric: x}\n  b: {interface: usb0, metric: 2}\n",
            "4:3: error: 'telkom' is given twice | the first one is on line 3"),
        Case(
            "names of WANs",
            "lan: {interfaces: [br0]}\nwans:\n  tel kom: {interface: eth0, metric: 1}\n  -a: {interface: eth1, metric: 2}\n  \"\": {interface: eth2, metric: 3}\n  xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx: {interface: eth3, metric: 4}\n  é: {interface: eth4, metric: x}\n",
            "3:3: error: 'tel kom' can't be the name of a WAN | a name is made of letters, digits, '-' and '_', at most 32, and doesn't begin with '-'",
            "4:3: error: '-a' can't be the name of a WAN | a name is made of letters, digits, '-' and '_', at most 32, and doesn't begin with '-'",
            "5:3: error: '' can't be the name of a WAN | a name is made of letters, digits, '-' and '_', at most 32, and doesn't begin with '-'",
            "6:3: error: 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' can't be the name of a WAN | a name is made of letters, digits, '-' and '_', at most 32, and doesn't begin with '-'",
            "7:3: error: 'é' can't be the name of a WAN | a name is made of letters, digits, '-' and '_', at most 32, and doesn't begin with '-'",
            "7:32: error: 'metric' has to be a whole number from 1 to 999, not 'x'"),
        Case(
            "a WAN named like a word of the CLI",
            "lan: {interfaces: [br0]}\nwans:\n  auto: {interface: eth0, metric: 1}\n  b: {interface: usb0, metric: 2}\n",
            "3:3: error: a WAN can't be named 'auto' | `uplinkctl switch auto` gives the choice back to uplinkd"),
        Case(
            "missing keys of a WAN",
            "lan: {interfaces: [br0]}\nwans:\n  telkom: {metric: 1}\n  smartfren: {interface: usb0, metrc: 2}\n  biznet: {interface: eth2}\n",
            "3:3: error: 'interface' is missing in 'telkom' | the network interface of this WAN, such as 'interface: eth0'; `uplinkctl interfaces` lists them",
            "4:32: error: unknown key 'metrc' | did you mean 'metric'?",
            "5:3: error: 'metric' is missing in 'biznet' | 'metric: 1' for the first choice, 2 for the next"),
        Case(
            "interfaces",
            "lan: {interfaces: [lo, \"eth0:1\", eth 0, a/b, eth+, a234567890123456, \"\", .., [x], ]}\nwans:\n  a: {interface: lo, metric: 1}\n  b: {interface: [eth0], metric: 2}\n  c: {interface: , metric: 3}\n",
            "1:20: error: each of 'interfaces' has to be the name of a network interface, not 'lo' | 'lo' is the loopback interface: nothing leaves the box by it",
            "1:24: error: each of 'interfaces' has to be the name of a network interface, not 'eth0:1' | a name has at most 15 characters, none of them a space, '/' or ':', and no '+' at its end; `uplinkctl interfaces` lists them",
            "1:34: error: each of 'interfaces' has to be the name of a network interface, not 'eth 0' | a name has at most 15 characters, none of them a space, '/' or ':', and no '+' at its end; `uplinkctl interfaces` lists them",
            "1:41: error: each of 'interfaces' has to be the name of a network interface, not 'a/b' | a name has at most 15 characters, none of them a space, '/' or ':', and no '+' at its end; `uplinkctl interfaces` lists them",
            "1:46: error: each of 'interfaces' has to be the name of a network interface, not 'eth+' | a name has at most 15 characters, none of them a space, '/' or ':', and no '+' at its end; `uplinkctl interfaces` lists them",
            "1:52: error: each of 'interfaces' has to be the name of a network interface, not 'a234567890123456' | a name has at most 15 characters, none of them a space, '/' or ':', and no '+' at its end; `uplinkctl interfaces` lists them",
            "1:70: error: each of 'interfaces' has to be the name of a network interface, not '' | a name has at most 15 characters, none of them a space, '/' or ':', and no '+' at its end; `uplinkctl interfaces` lists them",
            "1:74: error: each of 'interfaces' has to be the name of a network interface, not '..' | a name has at most 15 characters, none of them a space, '/' or ':', and no '+' at its end; `uplinkctl interfaces` lists them",
            "1:78: error: each of 'interfaces' has to be the name of a network interface, not a list",
            "3:18: error: 'interface' has to be the name of a network interface, not 'lo' | 'lo' is the loopback interface: nothing leaves the box by it",
            "4:18: error: 'interface' has to be the name of a network interface, not a list",
            "5:7: error: 'interface' has to be the name of a network interface, but is empty"),
        Case(
            "an interface of the LAN twice",
            "lan:\n  interfaces:\n    - br0\n    - br1\n    - br0\nwans: {a: {interface: eth0, metric: 1}, b: {interface: eth1, metric: 2}}\n",
            "5:7: error: 'br0' is in 'interfaces' twice | the first one is on line 3"),
        Case(
            "metrics",
            "lan: {interfaces: [br0]}\nwans:\n  w0: {interface: eth0, metric: 0}\n  w1: {interface: eth1, metric: 1000}\n  w2: {interface: eth2, metric: -1}\n  w3: {interface: eth3, metric: 01}\n  w4: {interface: eth4, metric: 1.0}\n  w5: {interface: eth5, metric: 0x10}\n  w6: {interface: eth6, metric: one}\n  w7: {interface: eth7, metric: 99999999999999999999}\n  w8: {interface: eth8, metric: }\n",
            "3:33: error: 'metric' has to be a whole number from 1 to 999, not '0'",
            "4:33: error: 'metric' has to be a whole number from 1 to 999, not '1000'",
            "5:33: error: 'metric' has to be a whole number from 1 to 999, not '-1'",
            "6:33: error: 'metric' has to be a whole number from 1 to 999, not '01' | write it without zeros in front",
            "7:33: error: 'metric' has to be a whole number from 1 to 999, not '1.0'",
            "8:33: error: 'metric' has to be a whole number from 1 to 999, not '0x10'",
            "9:33: error: 'metric' has to be a whole number from 1 to 999, not 'one'",
            "10:33: error: 'metric' has to be a whole number from 1 to 999, not '99999999999999999999'",
            "11:25: error: 'metric' has to be a whole number from 1 to 999, but is empty"),
        Case(
            "gateways",
            "lan: {interfaces: [br0]}\nwans:\n  w0: {interface: eth0, metric: 1, gateway: any}\n  w1: {interface: eth1, metric: 2, gateway: 192.0.2.1/24}\n  w2: {interface: eth2, metric: 3, gateway: 192.0.02.1}\n  w3: {interface: eth3, metric: 4, gateway: 192.0.2}\n  w4: {interface: eth4, metric: 5, gateway: \"fe80::1\"}\n  w5: {interface: eth5, metric: 6, gateway: 0.0.0.0}\n  w6: {interface: eth6, metric: 7, gateway: 127.0.0.1}\n  w7: {interface: eth7, metric: 8, gateway: 239.1.2.3}\n  w8: {interface: eth8, metric: 9, gateway: 255.255.255.255}\n  w9: {interface: eth9, metric: 10, gateway: 240.0.0.1}\n  w10: {interface: eth10, metric: 11, gateway: 192.0.2.256}\n  w11: {interface: eth11, metric: 12, gateway: null}\n",
            "3:45: error: 'gateway' has to be 'auto' or the IPv4 address of a host, not 'any'",
            "4:45: error: 'gateway' has to be 'auto' or the IPv4 address of a host, not '192.0.2.1/24' | leave out the length of the prefix: '192.0.2.1'",
            "5:45: error: 'gateway' has to be 'auto' or the IPv4 address of a host, not '192.0.02.1' | an address is four numbers from 0 to 255 without zeros in front, such as '192.0.2.1'",
            "6:45: error: 'gateway' has to be 'auto' or the IPv4 address of a host, not '192.0.2' | an address is four numbers from 0 to 255 without zeros in front, such as '192.0.2.1'",
            "7:45: error: 'gateway' has to be 'auto' or the IPv4 address of a host, not 'fe80::1' | only targets can have an IPv6 address",
            "8:45: error: 'gateway' has to be 'auto' or the IPv4 address of a host, not '0.0.0.0' | 0.0.0.0/8 means \"this network\"; no host has such an address",
            "9:45: error: 'gateway' has to be 'auto' or the IPv4 address of a host, not '127.0.0.1' | 127.0.0.0/8 is the box itself",
            "10:45: error: 'gateway' has to be 'auto' or the IPv4 address of a host, not '239.1.2.3' | 224.0.0.0/4 is for multicast",
            "11:45: error: 'gateway' has to be 'auto' or the IPv4 address of a host, not '255.255.255.255' | this is the broadcast address",
            "12:46: error: 'gateway' has to be 'auto' or the IPv4 address of a host, not '240.0.0.1' | 240.0.0.0/4 is reserved; no host has such an address",
            "13:48: error: 'gateway' has to be 'auto' or the IPv4 address of a host, not '192.0.2.256' | an address is four numbers from 0 to 255 without zeros in front, such as '192.0.2.1'",
            "14:48: error: 'gateway' has to be 'auto' or the IPv4 address of a host, not 'null'"),
        Case(
            "metered",
            "lan: {interfaces: [br0]}\nwans:\n  w0: {interface: eth0, metric: 1, metered: yes}\n  w1: {interface: eth1, metric: 2, metered: No}\n  w2: {interface: eth2, metric: 3, metered: on}\n  w3: {interface: eth3, metric: 4, metered: True}\n  w4: {interface: eth4, metric: 5, metered: maybe}\n  w5: {interface: eth5, metric: 6, metered: }\n",
            "3:45: error: 'metered' has to be 'true' or 'false', not 'yes' | write 'true'",
            "4:45: error: 'metered' has to be 'true' or 'false', not 'No' | write 'false'",
            "5:45: error: 'metered' has to be 'true' or 'false', not 'on' | write 'true'",
            "6:45: error: 'metered' has to be 'true' or 'false', not 'True' | write 'true'",
            "7:45: error: 'metered' has to be 'true' or 'false', not 'maybe'",
            "8:36: error: 'metered' has to be 'true' or 'false', but is empty"),
        .office(
            "targets",
            "probe:\n  targets:\n    - gatewy\n    - dns.google\n    - 127.0.0.1\n    - 1.1.1\n    - 8.8.8.8/32\n    - 2001:4860:4860::8888\n    - 224.0.0.1\n    -\n    - {a: b}\n    - 9.9.9.9\n    - gateway\n    - 9.9.9.9\n    - gateway\n",
            "7:7: error: each of 'targets' has to be 'gateway', the address of a host, or a mapping with 'kind', not 'gatewy' | did you mean 'gateway'?",
            "8:7: error: each of 'targets' has to be 'gateway', the address of a host, or a mapping with 'kind', not 'dns.google' | a name won't do: looking it up needs the very WAN that is being probed",
            "9:7: error: each of 'targets' has to be 'gateway', the address of a host, or a mapping with 'kind', not '127.0.0.1' | 127.0.0.0/8 is the box itself",
            "10:7: error: each of 'targets' has to be 'gateway', the address of a host, or a mapping with 'kind', not '1.1.1' | an address is four numbers from 0 to 255 without zeros in front, such as '192.0.2.1'",
            "11:7: error: each of 'targets' has to be 'gateway', the address of a host, or a mapping with 'kind', not '8.8.8.8/32' | leave out the length of the prefix: '8.8.8.8'",
            "13:7: error: each of 'targets' has to be 'gateway', the address of a host, or a mapping with 'kind', not '224.0.0.1' | 224.0.0.0/4 is for multicast",
            "14:6: error: each of 'targets' has to be 'gateway', the address of a host, or a mapping with 'kind', but is empty",
            "15:7: error: 'kind' is missing in a target | what to ask: 'icmp', 'arp', 'nd', 'tcp', 'dns', 'http' or 'exec'",
            "18:7: error: '9.9.9.9' is in 'targets' twice | the first one is on line 16",
            "19:7: error: 'gateway' is in 'targets' twice | the first one is on line 17"),
        .office(
            "no targets", "probe: {targets: []}",
            "5:18: error: 'targets' has to be a list of at least one value, but is empty | leave 'targets' out to have its default"),
        .office(
            "nothing for the targets", "probe:\n  targets:\n",
            "6:3: error: 'targets' has to be a list of at least one value, but is empty | leave 'targets' out to have its default"),
        .office(
            "one target that is no list", "probe: {targets: 1.1.1.1}",
            "5:18: error: 'targets' has to be a list of at least one value, not '1.1.1.1' | write '[1.1.1.1]'"),
        .office(
            "times without a unit", "probe: {interval: 5, metered-interval: 30, timeout: 1.5, hold: 0}",
            "5:19: error: 'interval' has to be a time from 100ms to 1h, not '5' | add a unit, such as '5s' or '5ms'",
            "5:40: error: 'metered-interval' has to be a time from 100ms to 1h, not '30' | add a unit, such as '30s' or '30ms'",
            "5:53: error: 'timeout' has to be a time from 100ms to 1m, not '1.5' | add a unit, such as '1.5s' or '1.5ms'",
            "5:64: error: 'hold' has to be a time from 0s to 1h, not '0' | add a unit, such as '0s' or '0ms'"),
        .office(
            "times that are none", "probe: {interval: 1 s, metered-interval: 1M, timeout: -1s, hold: 1h30m}",
            "5:19: error: 'interval' has to be a time from 100ms to 1h, not '1 s' | write one number and one of the units 'ms', 's', 'm' and 'h', with nothing in between",
            "5:42: error: 'metered-interval' has to be a time from 100ms to 1h, not '1M' | write one number and one of the units 'ms', 's', 'm' and 'h', with nothing in between",
            "5:55: error: 'timeout' has to be a time from 100ms to 1m, not '-1s' | write one number and one unit: '500ms', '1.5s', '2m' or '1h'",
            "5:66: error: 'hold' has to be a time from 0s to 1h, not '1h30m' | write one number and one of the units 'ms', 's', 'm' and 'h', with nothing in between"
        ),
        .office(
            "more times that are none", "probe: {interval: s, metered-interval: 1.2.3s, timeout: .5s, hold: 1.s}",
            "5:19: error: 'interval' has to be a time from 100ms to 1h, not 's' | write one number and one unit: '500ms', '1.5s', '2m' or '1h'",
            "5:40: error: 'metered-interval' has to be a time from 100ms to 1h, not '1.2.3s' | write one number and one unit: '500ms', '1.5s', '2m' or '1h'",
            "5:57: error: 'timeout' has to be a time from 100ms to 1m, not '.5s' | write one number and one unit: '500ms', '1.5s', '2m' or '1h'",
            "5:68: error: 'hold' has to be a time from 0s to 1h, not '1.s' | write one number and one unit: '500ms', '1.5s', '2m' or '1h'"),
        .office(
            "times out of range, short", "probe: {interval: 99ms, metered-interval: 0s, timeout: 0.0999s}",
            "5:19: error: 'interval' has to be a time from 100ms to 1h, not '99ms'",
            "5:43: error: 'metered-interval' has to be a time from 100ms to 1h, not '0s'",
            "5:56: error: 'timeout' has to be a time from 100ms to 1m, not '0.0999s'"),
        .office(
            "times out of range, long", "probe: {interval: 61m, metered-interval: 1.01h, timeout: 61s, hold: 999999999h}",
            "5:19: error: 'interval' has to be a time from 100ms to 1h, not '61m'",
            "5:42: error: 'metered-interval' has to be a time from 100ms to 1h, not '1.01h'",
            "5:58: error: 'timeout' has to be a time from 100ms to 1m, not '61s'",
            "5:69: error: 'hold' has to be a time from 0s to 1h, not '999999999h'"),
        .office(
            "times of another kind", "probe: {interval: [1s], metered-interval: {a: b}, timeout: , hold: \"\"}",
            "5:19: error: 'interval' has to be a time from 100ms to 1h, not a list",
            "5:43: error: 'metered-interval' has to be a time from 100ms to 1h, not a mapping",
            "5:51: error: 'timeout' has to be a time from 100ms to 1m, but is empty",
            "5:68: error: 'hold' has to be a time from 0s to 1h, not '' | write one number and one unit: '500ms', '1.5s', '2m' or '1h'"),
        .office(
            "numbers", "probe: {quorum: 0}",
            "5:17: error: 'quorum' has to be a whole number, 1 or more, not '0'"),
        .office(
            "a number of words", "probe: {quorum: most}",
            "5:17: error: 'quorum' has to be a whole number, 1 or more, not 'most'"),
        .office(
            "iptables", "iptables: nftt",
            "5:11: error: 'iptables' has to be 'auto', 'nft' or 'legacy', not 'nftt' | did you mean 'nft'?"),
        .office(
            "iptables, far from anything", "iptables: nftables",
            "5:11: error: 'iptables' has to be 'auto', 'nft' or 'legacy', not 'nftables'"),
        .office(
            "iptables, nothing", "iptables:",
            "5:1: error: 'iptables' has to be 'auto', 'nft' or 'legacy', but is empty"),
    ]

    @Test("a key that is wrong by itself is reported at its place, once", arguments: cases)
    func check(_ sample: Case) { sample.check() }
}
