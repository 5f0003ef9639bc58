// Generated from net.uplinkd.varlink by Scripts/generate-varlink: not to be edited by hand.

/// net.uplinkd in Varlink's own language, as `org.varlink.service.GetInterfaceDescription` gives it out.
let controlDescription = """
    # uplinkd: failover between WANs.
    #
    # Readers are root, the daemon's own user and members of the socket's group; what is called by root can also be called by the daemon's own user.
    # Times are RFC 3339 in UTC.
    interface net.uplinkd

    # What people are told. They read the text; programs and other languages go by the code, and fill in the arguments.
    type Sentence (
      # "no-carrier": docs/control-protocol.md has them all. A later version may know more; none changes its sense.
      code: string,
      # Only those that there are.
      arguments: [string]string,
      # In English. Whether it is a whole sentence, a clause or a phrase, its place says.
      text: string
    )

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
      # What a drill plays now. null: there is none.
      drill: ?Sentence,
      # What an administrator has to see at once.
      problems: []Sentence,
      # Totals since the start. New ones come without notice.
      counters: [string]int
    )

    # Which WAN carries new sessions, and why.
    type Selection (
      # null: none does.
      wan: ?string,
      # A clause: "it is the first choice".
      reason: Sentence,
      since: string,
      # How long it has been so.
      since_seconds: ?float,
      # Chosen by Switch; it stays until Switch is called without a WAN.
      pinned: bool,
      # The WAN that was chosen: another one carries while that can't be used.
      pinned_to: ?string
    )

    # The rules that give sessions a WAN's address.
    type NAT (
      ok: bool,
      # "nft" or "legacy".
      variant: ?string,
      problem: ?Sentence
    )

    type WAN (
      name: string,
      interface: string,
      # As configured. Lower wins.
      metric: int,
      metered: bool,
      # absent, no-carrier, no-gateway, unknown, up, suspect, impaired, down or recovering.
      health: string,
      # What is wrong, as far as the probes can tell, a phrase: "upstream silent".
      fault: ?Sentence,
      # What makes it too bad for sessions while a better WAN stands ready. Empty unless it answers.
      impairments: []Impairment,
      # When this health began, and how long ago that is by a clock that nobody sets.
      since: string,
      since_seconds: float,
      # When a recovering WAN will be up, or an impaired one good again, if nothing gets in between. null: nobody knows.
      up_in_seconds: ?float,
      # New sessions are meant to leave by it.
      selected: bool,
      usable: bool,
      # New sessions do leave by it: its default route wins in the kernel.
      carries: bool,
      gateway: ?string,
      gateway6: ?string,
      # Of both families, with the length of the prefix: "192.0.2.7/24".
      addresses: []string,
      # Whom its DHCP server wants to be asked for names. null: an earlier version, which does not know.
      resolvers: ?[]string,
      # It carries no new sessions, and keeps those that it has.
      draining: bool,
      # When those that are left will be moved. null: never, or there are none to move.
      drain_ends_in_seconds: ?float,
      # The metric of its default route in the kernel. null: it has none.
      route_metric: ?int,
      round_trip_ms: ?float,
      loss_percent: ?float,
      # The standard deviation of the round trip, and what 99 of 100 don't exceed.
      deviation_ms: ?float,
      p99_ms: ?float,
      # What probing costs in 30 days at the present pace: IP bytes, both ways.
      bytes_per_month: int,
      # Why it has this health, a sentence without its end.
      reason: Sentence,
      # null: it carries the traffic, or isn't to be proven.
      readiness: ?Readiness,
      targets: []Target,
      # null: it is judged as a whole. Else the health above is that of its IPv4.
      ipv6: ?IPv6
    )

    # The IPv6 of a WAN that is judged by each of its families.
    type IPv6 (
      # As those of the WAN.
      health: string,
      fault: ?Sentence,
      since_seconds: float,
      # New sessions of IPv6 are meant to leave by it.
      selected: bool,
      # Why it has this health, a clause: "down: silent".
      reason: Sentence
    )

    # Whether a WAN that stands by would serve if it were needed now.
    type Readiness (
      ready: bool,
      # How long ago a name was looked up and a page fetched by it. null: not since it is up.
      proven_seconds: ?float,
      # Why it isn't ready, a sentence.
      problem: ?Sentence
    )

    type Impairment (
      # One of lossy, slow, tcp-dead, dns-dead, dns-wrong, captive-portal, http-dead and script-failed.
      fault: Sentence,
      since_seconds: float,
      # What a probe got to hear: "NXDOMAIN for example.com".
      evidence: ?string
    )

    # One target, probed through one WAN.
    type Target (
      # As configured: an address, "gateway", "tcp 1.1.1.1:443".
      target: string,
      # What that stands for now. null: a gateway that isn't known.
      address: ?string,
      # The outcome of the last probe. null: none yet.
      answered: ?bool,
      round_trip_ms: ?float,
      loss_percent: ?float,
      # What was wrong with the last answer, or why the last probe couldn't be sent. A clause.
      problem: ?Sentence
    )

    # How good one WAN is, by the probes of the last half minute.
    type WANQuality (
      wan: string,
      health: string,
      # Of the targets that decide whether it is alive, together.
      figures: Figures,
      thresholds: Thresholds,
      targets: []TargetQuality
    )

    type TargetQuality (
      target: string,
      # icmp, arp, nd, tcp, dns, http or exec.
      kind: string,
      # It is one of those that the WAN's own figures are made of.
      counts: bool,
      figures: Figures,
      # Round trips in milliseconds, the oldest first. null: lost.
      answers: []?float
    )

    # What became of the probes in a window.
    type Figures (
      # How long ago the oldest of them was sent. null: there is none.
      window_seconds: ?float,
      # Those under way are in neither of the other two.
      sent: int,
      answered: int,
      lost: int,
      loss_percent: ?float,
      mean_ms: ?float,
      # The standard deviation.
      deviation_ms: ?float,
      min_ms: ?float,
      max_ms: ?float,
      # What 99 of 100 round trips don't exceed.
      p99_ms: ?float
    )

    # The loss in percent, the others in milliseconds. null: there is none.
    type Thresholds (
      loss: ?Limit,
      mean: ?Limit,
      deviation: ?Limit,
      p99: ?Limit
    )

    type Limit (
      # Above this the WAN is bad,
      leave: float,
      # and at or below this good again.
      return: float
    )

    # What became of the probes to one target by one WAN, in the order of their sending; or of the WAN's interface.
    type SampleSeries (
      wan: string,
      # As configured. null: it is about the WAN's interface.
      target: ?string,
      # In milliseconds: the first since 1970, each of the others since the one before it.
      times: []int,
      # Of probes: the round trip in microseconds, or -1 lost, -2 unreachable, -3 refused, -4 wrong DNS, -5 portal, -6 wrong HTTP,
      # -7 failed program. Of interfaces, from then on: 0 ready, 1 without a gateway, 2 without carrier, 3 absent.
      results: []int
    )

    type ProbeResult (
      target: string,
      # icmp, arp, nd, tcp, dns, http or exec.
      kind: string,
      # answered, lost (nothing came in time), wrong (somebody else answered, or not as a working WAN would let through) or
      # not-sent (a local error, which says nothing about the WAN).
      outcome: string,
      round_trip_ms: ?float,
      # What it means.
      sentence: Sentence
    )

    type Event (
      # Rises with every event, from the daemon's start on.
      id: int,
      time: string,
      # health, selection, sessions, report, repair, kernel, firewall, configuration, daemon or drill.
      kind: string,
      # info, notice, warning or error.
      severity: string,
      wan: ?string,
      # What it tells, as in a Sentence: its code, its text, and its arguments. No code: it was recorded by a version that had none.
      code: ?string,
      message: string,
      details: [string]string
    )

    type Explanation (
      # The short answer: which WAN, and why.
      sentence: Sentence,
      lines: []ExplanationLine,
      # Of a supposition: the changes to routes and rules, as commands.
      commands: ?[]string
    )

    type ExplanationLine (
      wan: string,
      clauses: []Sentence,
      # All of them, in one sentence.
      text: string
    )

    # One step of a drill.
    type DrillProgress (
      # begun, set (the fault is in force), noticed, failover, ended (the fault is taken back), failback, report, over.
      step: string,
      # Since the fault was in force.
      after_ms: int,
      # A sentence, or with the last step several.
      message: Sentence,
      # With the last step: passed, not-backed-up, no-failover, no-failback or stopped (before its time).
      outcome: ?string,
      # With "report": whose ID it is.
      report: ?string
    )

    # One host on the LAN. Addresses with one MAC are one client.
    type Client (
      # By the DHCP server's lease file.
      name: ?string,
      # null: it isn't in the neighbour table, as behind another router.
      mac: ?string,
      addresses: []string,
      interface: ?string,
      # reachable, stale, failed, permanent or unknown: the best of its addresses.
      neighbour: string,
      # By which WAN how many of its sessions go.
      shares: []ClientShare
    )

    type ClientShare (
      # null: sessions that leave by no WAN of ours.
      wan: ?string,
      sessions: int,
      # Those among them in which the far side has answered.
      answered: int,
      # Both ways, of the sessions that there are now. null: the kernel doesn't count (nf_conntrack_acct).
      bytes: ?int
    )

    # What a switch was, and whom it reached.
    type SwitchReport (
      # The time of the decision: "20261124-183012-527". Later ones are greater.
      id: string,
      # failover, failback or switch (the operator's word).
      kind: string,
      from: ?string,
      to: string,
      # The fault that a drill played. null: it was real.
      drill: ?string,
      # A clause: "telkom is down (upstream silent)".
      reason: Sentence,
      evidence: []Sentence,
      # When the first sign of the fault was noticed. null: a switch without a fault.
      detected: ?string,
      decided: string,
      # From the decision to the kernel's acknowledgement of the routes.
      applied_ms: ?float,
      # From the first sign to the decision.
      detection_ms: ?float,
      # Clients with a session by "from" that had been answered and in which a packet moved in the last minute before the switch; and
      # those sessions.
      clients_before: int,
      sessions_before: int,
      # How old the count of them was at the decision.
      counted_seconds_before: ?float,
      # Of those clients, so many had a reply by "to"; go on by "from"; had nothing to say; left the LAN; asked and got no reply.
      backed_up: int,
      staying: int,
      idle: int,
      gone: int,
      broken: int,
      # From the decision to a client's first reply by "to".
      fastest_ms: ?float,
      median_ms: ?float,
      slowest_ms: ?float,
      # So many TCP sessions' clients were told that they are over, and so many of those answered. null: nobody was to be told.
      told: ?int,
      told_answered: ?int,
      # Until it is, the counts still grow.
      finished: bool,
      # What limits these figures.
      notes: []Sentence,
      # The slowest first, then the others; at most 500.
      clients: []ReportedClient
    )

    type ReportedClient (
      name: ?string,
      mac: ?string,
      addresses: []string,
      # backed-up, staying, idle, gone or broken.
      outcome: string,
      sessions_before: int,
      # By the WAN that was switched to.
      sessions_after: int,
      first_reply_ms: ?float
    )

    # Called by readers.
    method Status() -> (status: StatusReport)

    # The status now, and again at every change. Has to be called with "more".
    # Called by readers. Its replies go on.
    method Watch() -> (status: StatusReport)

    # The latest events, oldest first. With follow, which needs "more", each new one then comes in a reply of its own.
    # Called by readers. Its replies go on.
    method Events(last: ?int, follow: ?bool) -> (events: []Event)

    # Why the selection is what it is. With suppositions ("telkom=down") what would happen now, by the same decision; nothing is done.
    # Called by readers.
    method Explain(if: ?[]string) -> (explanation: Explanation)

    # The figures of one WAN, or of all.
    # Called by readers.
    method Quality(wan: ?string) -> (quality: []WANQuality)

    # Who is on the LAN, and which WAN carries how many of their sessions.
    # Called by readers.
    method Clients() -> (clients: []Client)

    # The reports of the last switches, the oldest first: all that are kept, so many of the latest, or the one with this ID. One that
    # isn't finished grows for up to half a minute. An ID that isn't known gives the error UnknownReport.
    # Called by readers.
    method Reports(id: ?string, last: ?int) -> (reports: []SwitchReport)

    # The status as Prometheus reads it: the text format 0.0.4, as node_exporter's textfile collector takes it.
    # Called by readers.
    method Metrics() -> (text: string)

    # What became of all probes after the sample of that number, up to a limit, and how the interfaces came and went; null: from
    # the oldest that is kept, which is two hours ago with the default configuration. The newest are told when nothing can come of them any more:
    # some ten seconds after they were sent. For whoever keeps them longer: ask once a minute, and as long as there is more.
    # Called by readers.
    method Samples(after: ?int) -> (
      # When the daemon started. Another one than before: the numbers have begun anew, and "after" meant nothing.
      started: string,
      # What to ask for next.
      last: int,
      # All that happened in this time is in here: milliseconds since 1970. Where it doesn't begin at the end of the reply before, something is
      # missing in between.
      from: int,
      until: int,
      more: bool,
      series: []SampleSeries
    )

    # Asks once, now, by this WAN, even if that is down. Without target and kind all its targets, with a kind those of that kind. Else the
    # target is one that is configured, or whom else to ask: an address or "gateway" (icmp), an address and a port (tcp), a resolver and a name
    # (dns), a page (http).
    # Called by root.
    method Probe(
      wan: string,
      target: ?string,
      kind: ?string,
      port: ?int,
      name: ?string,
      type: ?string,
      expect: ?[]string,
      status: ?int,
      body: ?string,
      resolver: ?string,
      timeout_seconds: ?float
    ) -> (results: []ProbeResult)

    # Moves new sessions to this WAN and keeps them there. Without a WAN uplinkd chooses again by itself.
    # With force also to a WAN that isn't usable.
    # Called by root.
    method Switch(wan: ?string, force: ?bool) -> (selection: Selection)

    # Rehearses a failover: for so many seconds (10 to 900, 60 if left out) this box plays that the WAN is "down" (the default),
    # "silent", "lossy=30" or "dns". Has to be called with "more": each step comes in a reply of its own, the last one with the
    # outcome. When the connection ends, so does the drill. With force also where it shows little or cuts the office off.
    # Called by root. Its replies go on.
    method Drill(wan: string, fault: ?string, seconds: ?int, force: ?bool) -> (progress: DrillProgress)

    # Reads the configuration file again. One that has problems is refused, and the one before stays in force.
    # Called by root.
    method Reload() -> (changes: []string)

    error UnknownWAN (wan: string, known: []string)
    error WANNotUsable (wan: string, health: string, reason: Sentence)
    # The text says why, and what to do.
    error DrillRefused (reason: Sentence)
    error UnknownReport (id: string, known: []string)
    error ConfigurationRefused (problems: []string)
    # What Probe was to ask, or Explain to suppose, can't be.
    error InvalidTarget (reason: Sentence)
    # Sent without having been asked, right before the connection is closed.
    error TooManyClients (limit: int)
    # The daemon tried and could not.
    error Failed (message: string)
    """
