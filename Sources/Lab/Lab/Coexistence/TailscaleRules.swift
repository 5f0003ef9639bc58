/// What tailscaled writes on Linux (wgengine/router/router_linux_test.go of its source lists them), for a node with the address 100.101.102.103.
package enum TailscaleRules {
    /// Its start, or its start again: what is there of its own goes first.
    package static let start = """
        ip link show tailscale0 > /dev/null 2>&1 || ip link add tailscale0 type bridge
        ip address replace 100.101.102.103/32 dev tailscale0
        ip link set tailscale0 up
        for chain in INPUT:ts-input:filter FORWARD:ts-forward:filter POSTROUTING:ts-postrouting:nat; do
            IFS=: read -r from own table <<END
        $chain
        END
            iptables -w -t $table -D $from -j $own 2> /dev/null || true
            iptables -w -t $table -F $own 2> /dev/null || iptables -w -t $table -N $own
            iptables -w -t $table -I $from 1 -j $own
        done
        iptables -w -A ts-input -s 100.101.102.103/32 -i lo -j ACCEPT
        iptables -w -A ts-input -s 100.115.92.0/23 ! -i tailscale0 -j RETURN
        iptables -w -A ts-input -s 100.64.0.0/10 ! -i tailscale0 -j DROP
        iptables -w -A ts-input -i tailscale0 -j ACCEPT
        iptables -w -A ts-input -p udp -m udp --dport 41641 -j ACCEPT
        iptables -w -A ts-forward -i tailscale0 -j MARK --set-xmark 0x40000/0xff0000
        iptables -w -A ts-forward -m mark --mark 0x40000/0xff0000 -j ACCEPT
        iptables -w -A ts-forward -s 100.64.0.0/10 -o tailscale0 -j DROP
        iptables -w -A ts-forward -o tailscale0 -j ACCEPT
        iptables -w -t nat -A ts-postrouting -m mark --mark 0x40000/0xff0000 -j MASQUERADE
        # Newer ones keep the marks of sessions, too, within their mask.
        new="OUTPUT -m conntrack --ctstate NEW -m mark ! --mark 0x0/0xff0000 -j CONNMARK --save-mark --nfmask 0xff0000 --ctmask 0xff0000"
        old="PREROUTING -m conntrack --ctstate RELATED,ESTABLISHED -j CONNMARK --restore-mark --nfmask 0xff0000 --ctmask 0xff0000"
        iptables -w -t mangle -C $new 2> /dev/null || iptables -w -t mangle -A $new
        iptables -w -t mangle -C $old 2> /dev/null || iptables -w -t mangle -A $old
        for rule in "5210 fwmark 0x80000/0xff0000 lookup main" "5230 fwmark 0x80000/0xff0000 lookup default" \\
            "5250 fwmark 0x80000/0xff0000 unreachable" "5270 lookup 52"; do
            ip rule del pref $rule 2> /dev/null || true
            ip rule add pref $rule
        done
        ip route replace 100.100.100.100 dev tailscale0 table 52
        """
}
