/// What the control socket speaks, in Varlink's own language, as `org.varlink.service.GetInterfaceDescription` gives it out.
///
/// A string in the program and no file beside it: the daemon is one file. A test holds it against the Swift types.
/// Types, methods and errors share one space of names: hence `StatusReport`, beside the method `Status`.
/// It may grow (methods, optional parameters, fields, errors) and never change its sense: clients ignore fields they don't know.
package enum InterfaceDescription {
    package static let all: [(name: String, text: String)] = [("org.varlink.service", service), ("net.uplinkd", uplinkd)]

    package static let uplinkd = """
        # uplinkd: failover between WANs.
        #
        # Reading is for root, for the daemon's own user and for members of the socket's group; Switch and Reload are for root and
        # the daemon's own user. Times are RFC 3339 in UTC.
        interface net.uplinkd

        # Everything that there is to know at this moment.
        type StatusReport (
          version: string,
          pid: int,
          started: string,
          configuration_file: string,
          selection: Selection,
          # By metric, the first choice first.
          wans: []WAN,
          nat: NAT,
          # What an administrator has to see at once, each a sentence.
          problems: []string,
          # Totals since the start. New ones come without notice.
          counters: [string]int
        )

        # Which WAN carries new sessions, and why.
        type Selection (
          # null: none does.
          wan: ?string,
          # A phrase: "first choice".
          reason: string,
          since: string,
          # Chosen by Switch; it stays until Switch is called without a WAN.
          pinned: bool
        )

        # The rules that give sessions a WAN's address.
        type NAT (
          ok: bool,
          # "nft" or "legacy".
          variant: ?string,
          problem: ?string
        )

        type WAN (
          name: string,
          interface: string,
          # As configured. Lower wins.
          metric: int,
          metered: bool,
          # absent, no-carrier, no-gateway, unknown, up, suspect, down or recovering.
          health: string,
          # What is wrong, as far as the probes can tell: "upstream silent".
          fault: ?string,
          # When this health began, and how long ago that is by a clock that nobody sets.
          since: string,
          since_seconds: float,
          # New sessions are meant to leave by it.
          selected: bool,
          usable: bool,
          # New sessions do leave by it: its default route wins in the kernel.
          carries: bool,
          gateway: ?string,
          # With the length of the prefix: "192.0.2.7/24".
          addresses: []string,
          # The metric of its default route in the kernel. null: it has none.
          route_metric: ?int,
          round_trip_ms: ?float,
          loss_percent: ?float,
          # Why it has this health, a sentence.
          reason: string,
          targets: []Target
        )

        # One target, probed through one WAN.
        type Target (
          # As configured: an address, or "gateway".
          target: string,
          address: ?string,
          # The outcome of the last probe. null: none yet.
          answered: ?bool,
          round_trip_ms: ?float,
          loss_percent: ?float
        )

        type Event (
          # Rises with every event, from the daemon's start on.
          id: int,
          time: string,
          # health, selection, repair, kernel, firewall, configuration or daemon.
          kind: string,
          # info, notice, warning or error.
          severity: string,
          wan: ?string,
          # A sentence.
          message: string,
          details: [string]string
        )

        type Explanation (
          # The short answer: which WAN, and why.
          sentence: string,
          lines: []ExplanationLine
        )

        type ExplanationLine (
          wan: string,
          sentence: string
        )

        method Status() -> (status: StatusReport)

        # The status now, and again at every change. Has to be called with "more".
        method Watch() -> (status: StatusReport)

        # The latest events, oldest first. With follow, which needs "more", each new one then comes in a reply of its own.
        method Events(last: ?int, follow: ?bool) -> (events: []Event)

        # Why the selection is what it is.
        method Explain() -> (explanation: Explanation)

        # Moves new sessions to this WAN and keeps them there. Without a WAN uplinkd chooses again by itself.
        # With force also to a WAN that isn't usable.
        method Switch(wan: ?string, force: ?bool) -> (selection: Selection)

        # Reads the configuration file again. One that has problems is refused, and the one before stays in force.
        method Reload() -> (changes: []string)

        error UnknownWAN (wan: string, known: []string)
        error WANNotUsable (wan: string, health: string, reason: string)
        error ConfigurationRefused (problems: []string)
        # Sent without having been asked, right before the connection is closed.
        error TooManyClients (limit: int)
        # The daemon tried and could not.
        error Failed (message: string)
        """

    /// As varlink.org gives it, with the two errors that systemd added.
    package static let service = """
        # The Varlink Service Interface is provided by every varlink service.
        interface org.varlink.service

        method GetInfo() -> (
          vendor: string,
          product: string,
          version: string,
          url: string,
          interfaces: []string
        )

        method GetInterfaceDescription(interface: string) -> (description: string)

        error InterfaceNotFound (interface: string)
        error MethodNotFound (method: string)
        error MethodNotImplemented (method: string)
        error InvalidParameter (parameter: string)
        error PermissionDenied ()
        error ExpectedMore ()
        """
}
