/// Programs that belong to a whole box (ufw, firewalld, a DHCP client) at home in the router: its namespace, and files of their own. What they
/// write to /etc, /run and /var/lib stays in there; this machine's own firewall and network configuration are never touched.
package final class Sandbox: Sendable {
    private let node: Node
    private let holder: Child

    private init(node: Node, holder: Child) {
        self.node = node
        self.holder = holder
    }

    /// Is only where the private /run is. Nothing is run unless it is there: `ufw enable` on the wrong side would lock this machine.
    private static let marker = "/run/uplinkd-sandbox"

    /// - Parameter leases: the folder that stands for dhclient's; the lab's daemon reads it.
    static func make(in node: Node, leases: String) async throws -> Sandbox {
        let holder = try await node.start(
            "sandbox", ["unshare", "--mount", "--propagation", "private", "sh", "-e", "-c", mounts, "sh", leases])
        try await holder.waitUntilReady()
        return Sandbox(node: node, holder: holder)
    }

    private static let mounts = """
        # The sign by which networkd and NetworkManager know that no udev will tell them of devices.
        mount -o remount,ro,bind /sys
        mount -t tmpfs tmpfs /mnt
        cp -a /etc /mnt/etc
        mount --bind /mnt/etc /etc
        mkdir -p "$1"
        [ ! -d /var/lib/dhcp ] || mount --bind "$1" /var/lib/dhcp
        mount -t tmpfs tmpfs /run
        mkdir /run/dbus
        for folder in NetworkManager systemd ufw; do
            [ ! -d /var/lib/$folder ] || mount -t tmpfs tmpfs /var/lib/$folder
        done
        # Or the bus would start a polkit that nobody ends.
        [ ! -d /usr/share/dbus-1/system-services ] || mount -t tmpfs tmpfs /usr/share/dbus-1/system-services
        touch \(marker)
        echo \(readyLine)
        exec sleep infinity
        """

    private func inside(_ script: String) -> [String] {
        [
            "nsenter", "--mount=/proc/\(holder.processIdentifier)/ns/mnt", "sh", "-e", "-c",
            "[ -e \(Self.marker) ] || { echo 'not in the sandbox' >&2; exit 1; }\ncd /\n\(script)",
        ]
    }

    /// A shell script that ends by itself.
    @discardableResult
    package func shell(_ script: String) async throws -> String { try await node.run(inside(script)) }

    /// A program that stays, in the foreground.
    package func start(_ name: String, _ command: String) async throws -> Child {
        try await node.start(name, inside("exec \(command)"))
    }

    /// The bus that firewalld, NetworkManager and networkd talk by.
    package func startBus() async throws {
        _ = try await start("dbus-daemon", "dbus-daemon --system --nofork --nopidfile")
        try await shell("for try in $(seq 500); do [ -S /run/dbus/system_bus_socket ] && exit; sleep 0.02; done; exit 1")
    }
}

extension Router {
    package func sandbox() async throws -> Sandbox { try await Sandbox.make(in: node, leases: "\(folder)/dhcp") }

    /// The packet filter's rules and the routing rules that aren't uplinkd's, one a line, without counters. iptables' empty tables aren't
    /// anybody's: looking makes them.
    package func othersRules() async throws -> String {
        try await node.shell(
            """
            set +e
            for program in iptables ip6tables; do
                $program-save | sed 's/\\[[0-9:]*\\]//' | grep -E '^(-A|:)' | grep -vE 'UPLINKD_|^:[A-Z]+ ACCEPT' | sed "s/^/$program /"
            done
            nft -s list ruleset | awk '
                /^table/ { others = !($2 ~ /^ip6?$/ && $3 ~ /^(filter|nat|mangle|raw|security)$/) && $3 != "uplinkd" }
                others'
            ip -N rule | grep -v 'proto 85'
            ip -N -6 rule | grep -v 'proto 85'
            true
            """)
    }
}
