// Generated from net.uplinkd.history.varlink by Scripts/generate-varlink: not to be edited by hand.

/// net.uplinkd.history in Varlink's own language, as `org.varlink.service.GetInterfaceDescription` gives it out.
let historyDescription = """
    # uplinkd-history: what uplinkd has done and seen, kept for longer than the daemon's memory.
    #
    # Everything is for reading: by root, the service's own user and members of the socket's group. Times are RFC 3339 in UTC.
    # Without `since` all that is kept, without `until` up to now.
    # `problems`: what the history can't do now and somebody has to see to; the answer may lack something.
    interface net.uplinkd.history

    # As in net.uplinkd.
    type Sentence (
      code: string,
      arguments: [string]string,
      text: string
    )

    # As in net.uplinkd. The ids begin anew with each start of the daemon; kind "history" are the history's own.
    type Event (
      id: int,
      time: string,
      kind: string,
      severity: string,
      wan: ?string,
      code: ?string,
      message: string,
      details: [string]string
    )

    type WANAvailability (
      wan: string,
      # "2026-11-24", "2026-11", or "all".
      period: string,
      start: string,
      end: string,
      # Nothing is known of the rest of the time. What was observed is one of the next three.
      observed_seconds: float,
      up_seconds: float,
      impaired_seconds: float,
      down_seconds: float,
      # Of the time that was observed. null: none was.
      up_percent: ?float,
      outages: int,
      # To this WAN and away from it.
      switches: int
    )

    # From the first sign until it worked again and kept working.
    type Outage (
      wan: string,
      start: string,
      # null: it goes on.
      end: ?string,
      # Seen to begin, and to end; else these are the first and the last that is known of it.
      start_observed: bool,
      end_observed: bool,
      # Without the time in between in which nobody looked; and how much of it the WAN answered, but was too bad.
      seconds: float,
      impaired_seconds: float,
      # The one that lasted longest, and all.
      fault: ?Sentence,
      faults: []Sentence,
      # It seemed to be over so many times, and wasn't.
      relapses: int,
      # In the half minute before the first sign, and the mean of what was measured during it.
      loss_percent_before: ?float,
      round_trip_ms_before: ?float,
      loss_percent: ?float,
      round_trip_ms: ?float
    )

    # The probes to one target, as configured then, by one WAN in an hour; `block` is packed, in base64: docs/history.md has the format.
    type SampleBlock (
      wan: string,
      target: string,
      block: string
    )

    # How a WAN's interface was from then on: 0 ready, 1 without a gateway, 2 without carrier, 3 absent. Milliseconds since 1970.
    type LinkChange (
      at: int,
      wan: string,
      state: int
    )

    # A time in which no probe is missing, in milliseconds since 1970.
    type Recorded (
      from: int,
      until: int
    )

    # Called by readers.
    method Events(since: ?string, until: ?string, wan: ?string, kind: ?string, last: ?int) -> (events: []Event, problems: []Sentence)

    # Each a SwitchReport of net.uplinkd.
    # Called by readers.
    method Reports(id: ?string, since: ?string, last: ?int) -> (reports: []object, problems: []Sentence)

    # by: "day" or "month" in the time zone of the service; without it only the whole time.
    # Called by readers.
    method Availability(since: ?string, until: ?string, by: ?string) -> (availability: []WANAvailability, problems: []Sentence)

    # Of one WAN or of all, with the availability in the same time.
    # Called by readers.
    method Outages(wan: ?string, since: ?string, until: ?string) -> (
      outages: []Outage,
      availability: []WANAvailability,
      problems: []Sentence
    )

    # What became of the probes: whole hours, the first and the last of which may reach beyond the time that is asked for. `links` begins with how
    # each interface was at the beginning. `next`: there is more, to be asked for with this as `since`.
    # Called by readers.
    method Samples(since: ?string, until: ?string) -> (
      samples: []SampleBlock,
      links: []LinkChange,
      recorded: []Recorded,
      next: ?string,
      problems: []Sentence
    )
    """
