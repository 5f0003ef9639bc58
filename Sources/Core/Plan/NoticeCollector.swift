package import Model

/// Something has changed in the kernel, or may have: a hint to look again, never more.
package enum KernelNotice: Hashable, Sendable {
    /// An interface has come, gone, or is another one. Counts as `routing` besides.
    case devices
    /// Interfaces, their settings and addresses, routes or rules.
    case routing
    /// A table of the packet filter in which something of ours may stand.
    case firewall(FirewallPlace)
    /// Notices were lost: look at everything.
    case overrun
}

/// Makes one look out of a burst of notices: when it has been quiet for a moment, but at the latest after a ceiling, because a storm may
/// never be quiet.
package struct NoticeCollector: Equatable, Sendable {
    package let quiet: Duration
    package let ceiling: Duration
    private var first: Instant?
    private var last: Instant?
    private var notices: Set<KernelNotice> = []

    package init(quiet: Duration = .milliseconds(5), ceiling: Duration = .milliseconds(50)) {
        self.quiet = quiet
        self.ceiling = ceiling
    }

    /// When to call `take` next. nil: nothing waits.
    package var deadline: Instant? {
        guard let first, let last else { return nil }
        return min(last + quiet, first + ceiling)
    }

    package mutating func add(_ notices: Set<KernelNotice>, at now: Instant) {
        guard !notices.isEmpty else { return }
        self.notices.formUnion(notices)
        first = first ?? now
        last = now
    }

    /// What has been collected, once the deadline has come; empty before.
    package mutating func take(at now: Instant) -> Set<KernelNotice> {
        guard let deadline, now >= deadline else { return [] }
        defer { self = NoticeCollector(quiet: quiet, ceiling: ceiling) }
        return notices
    }
}
