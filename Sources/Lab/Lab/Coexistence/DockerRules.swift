/// What dockerd writes for its default bridge and one published port; no engine runs in a namespace of the lab. As `iptables-save` prints it on boxes with
/// Docker (moby's integration/network/bridge/iptablesdoc has the same); the order of the commands is ours.
package enum DockerRules: String, Sendable, CaseIterable {
    /// The last with isolation in two stages.
    case v27
    /// FORWARD leads to one chain of Docker's.
    case v28

    /// `dockerd` starts, or starts again: its chains are emptied and filled anew, its jumps taken out and put in front.
    package var start: String {
        """
        exec 2>/dev/null
        set +e
        ip link add docker0 type bridge
        ip address add 172.17.0.1/16 dev docker0
        ip link set docker0 up
        \(self == .v27 ? Self.filter27 : Self.filter28)
        iptables -w -t nat -N DOCKER
        iptables -w -t nat -F DOCKER
        for jump in "PREROUTING -m addrtype --dst-type LOCAL" "OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL"; do
            iptables -w -t nat -C $jump -j DOCKER || iptables -w -t nat -A $jump -j DOCKER
        done
        iptables -w -t nat -C POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE ||
            iptables -w -t nat -I POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
        # The port of a container.
        iptables -w -t nat -A DOCKER ! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80
        iptables -w -t filter -A DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 80 -j ACCEPT
        iptables -w -t filter -P FORWARD DROP
        true
        """
    }

    private static let filter27 = """
        for chain in DOCKER DOCKER-ISOLATION-STAGE-1 DOCKER-ISOLATION-STAGE-2; do
            iptables -w -N $chain
            iptables -w -F $chain
        done
        iptables -w -A DOCKER-ISOLATION-STAGE-1 -i docker0 ! -o docker0 -j DOCKER-ISOLATION-STAGE-2
        iptables -w -A DOCKER-ISOLATION-STAGE-1 -j RETURN
        iptables -w -A DOCKER-ISOLATION-STAGE-2 -o docker0 -j DROP
        iptables -w -A DOCKER-ISOLATION-STAGE-2 -j RETURN
        for rule in "-i docker0 -o docker0 -j ACCEPT" "-i docker0 ! -o docker0 -j ACCEPT" "-o docker0 -j DOCKER" \\
            "-o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT" "-j DOCKER-ISOLATION-STAGE-1"; do
            iptables -w -D FORWARD $rule
            iptables -w -I FORWARD $rule
        done
        iptables -w -N DOCKER-USER && iptables -w -A DOCKER-USER -j RETURN
        iptables -w -D FORWARD -j DOCKER-USER
        iptables -w -I FORWARD -j DOCKER-USER
        """

    private static let filter28 = """
        for chain in DOCKER DOCKER-FORWARD DOCKER-BRIDGE DOCKER-CT DOCKER-ISOLATION-STAGE-1 DOCKER-ISOLATION-STAGE-2; do
            iptables -w -N $chain
            iptables -w -F $chain
        done
        iptables -w -A DOCKER ! -i docker0 -o docker0 -j DROP
        iptables -w -A DOCKER-BRIDGE -o docker0 -j DOCKER
        iptables -w -A DOCKER-CT -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
        iptables -w -A DOCKER-FORWARD -j DOCKER-CT
        iptables -w -A DOCKER-FORWARD -j DOCKER-ISOLATION-STAGE-1
        iptables -w -A DOCKER-FORWARD -j DOCKER-BRIDGE
        iptables -w -A DOCKER-FORWARD -i docker0 -j ACCEPT
        iptables -w -A DOCKER-ISOLATION-STAGE-1 -i docker0 ! -o docker0 -j DOCKER-ISOLATION-STAGE-2
        iptables -w -A DOCKER-ISOLATION-STAGE-2 -o docker0 -j DROP
        iptables -w -D FORWARD -j DOCKER-FORWARD
        iptables -w -I FORWARD -j DOCKER-FORWARD
        iptables -w -N DOCKER-USER
        iptables -w -D FORWARD -j DOCKER-USER
        iptables -w -I FORWARD -j DOCKER-USER
        """
}
