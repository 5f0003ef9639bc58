import Model

/// The longest packet that passes by a WAN, of one family: a path may pass pings and drop full-sized packets, which no other probe sees.
///
/// Now and then one long echo that nobody may take apart goes to one target, and while it is answered that is all. If it isn't, all targets are asked,
/// with a short one beside each; and if only the short ones are answered, the size that passes is searched by halving. A target may refuse long
/// pings, so silence alone is no evidence: see `verdict`.
package struct PathSize: Equatable, Sendable {
    package struct Found: Equatable, Sendable {
        package var size: Int
        /// What the WAN's interface would take.
        package var whole: Int
        /// A router says so to whoever sends a longer one: nothing is lost without a word.
        package var isTold: Bool
    }

    enum News: Equatable { case less, whole }

    /// What there is to ask, and by what.
    struct Way: Equatable {
        /// `WANSettings.number`.
        var wan: Int
        var family: IPFamily
        var interfaceIndex: UInt32
        /// Those that answer short ones.
        var targets: [IPAddress]
        var timeout: Duration
    }

    enum Standing: Equatable {
        case down
        /// It is in doubt, its queue is full, or it loses packets: this isn't the time.
        case busy
        case good(Way)
    }

    struct Asked: Equatable {
        var id: ProbeID
        var target: IPAddress
        /// nil: as short as ever.
        var size: Int?
    }

    /// After the WAN has become up: whatever else is to be done comes first.
    static let settling: Duration = .seconds(10)
    static let pause: Duration = .milliseconds(300)
    static let void: Duration = .seconds(60)
    static let doubt: Duration = .seconds(5)
    /// Targets that refuse long pings will refuse the next one, too.
    static let unclear: Duration = .seconds(6 * 3600)
    /// So exactly is it searched.
    static let grain = 4
    static let mostTargets = 4
    /// No path is taken for shorter: what 576 bytes (RFC 791) or 1280 (RFC 8200) don't pass, it's the target that refuses them.
    static func floor(_ family: IPFamily) -> Int { family == .v4 ? 576 : 1280 }
    /// The Internet's. What a LAN may take beyond that never gets through.
    static let longest = 1500

    package private(set) var found: Found?
    /// Less was told, and nothing else since then.
    private var hasTold = false
    private var interfaceIndex: UInt32?
    private var whole: Int?
    private var lastAt: Instant?
    private var isUnclear = false
    /// Before the interval is over, or nil.
    private var nextAt: Instant?
    private var interval: Duration = .zero
    private var askedAllAt: Instant?
    private var wantsAll = false
    private var check: Check?
    private var open: [Asked] = []
    private var openUntil: Instant?
    private var isVoid = false
    private var sequence: UInt64 = 0

    private enum Step: Equatable {
        /// One target for the whole size; then all of them.
        case first, all
        /// The size that passed at the last look.
        case known
        case floor
        case between(Int)
        /// The shortest that was lost, once more: the verdict must be no chance.
        case again
    }

    private struct Check: Equatable {
        var step: Step
        var tries = 0
        /// The longest that passed, and the shortest that was lost.
        var low = 0
        var high: Int
        /// What a router says.
        var told: Int?
        /// The longest that each has answered.
        var reach: [IPAddress: Int] = [:]
        /// Who has answered in this try.
        var heard: Set<IPAddress> = []
        var heardShort: Set<IPAddress> = []
    }

    private var dueAt: Instant? {
        guard interfaceIndex != nil else { return nil }
        return nextAt ?? lastAt.map { $0 + (isUnclear ? max(interval, Self.unclear) : interval) }
    }

    /// When `advance` has something to do.
    var deadline: Instant? { open.isEmpty ? dueAt : openUntil }

    /// Another WAN has lost long packets to the targets: do they answer them by this one? Not more often than it is asked anyway.
    mutating func compare(at now: Instant) {
        guard check == nil, askedAllAt.map({ now - $0 >= interval }) ?? true else { return }
        wantsAll = true
        nextAt = now
    }

    /// Another configuration: there may be other targets, and other numbers.
    mutating func configure() {
        abandon()
        isUnclear = false
    }

    /// - Parameter whole: what its interface takes.
    /// - Returns: what is to be asked now, and whether the other WANs are to be compared with.
    mutating func advance(
        _ standing: Standing, whole: Int, every interval: Duration, _ book: inout SizeBook, at now: Instant, _ news: inout News?
    ) -> (asked: [Asked], wantsComparison: Bool) {
        self.interval = interval
        if self.whole != whole {
            // Of another size nothing is known; and of one that has only been down it is most likely as it was before.
            (found, interfaceIndex, self.whole) = (nil, nil, whole)
            abandon()
        }
        guard case .good(let way) = standing, !way.targets.isEmpty else {
            guard standing != .down else {
                abandon()
                (interfaceIndex, nextAt) = (nil, nil)
                return ([], false)
            }
            // What is under way says nothing; it is asked again where it was, when the doubt is over.
            let wasUnderWay = openUntil != nil
            (open, openUntil, isVoid) = ([], nil, false)
            if let dueAt, wasUnderWay || dueAt <= now { nextAt = now + Self.doubt }
            return ([], false)
        }
        if interfaceIndex != way.interfaceIndex {
            abandon()
            (interfaceIndex, isUnclear, nextAt) = (way.interfaceIndex, false, now + Self.settling)
        }
        guard whole > Self.floor(way.family) else {
            nextAt = now + Self.unclear
            return ([], false)
        }
        var wantsComparison = false
        if openUntil.map({ open.isEmpty || $0 <= now }) ?? false {
            (open, openUntil) = ([], nil)
            wantsComparison = endTry(way, &book, at: now, &news)
        }
        guard openUntil == nil, let dueAt, dueAt <= now else { return ([], wantsComparison) }
        if check == nil { check = Check(step: wantsAll || found != nil ? .all : .first, high: whole + 1) }
        wantsAll = false
        ask(way, book, at: now)
        return (open, wantsComparison)
    }

    /// False: an answer that nobody waits for any more.
    mutating func take(_ id: ProbeID, _ outcome: ProbeOutcome) -> Bool {
        guard check != nil, let index = open.firstIndex(where: { $0.id == id }) else { return false }
        let asked = open.remove(at: index)
        switch outcome {
        case .answered:
            if let size = asked.size {
                check?.heard.insert(asked.target)
                let before = check?.reach[asked.target] ?? 0
                check?.reach[asked.target] = max(before, size)
            } else {
                check?.heardShort.insert(asked.target)
            }
        case .tooLong(let most): check?.told = most
        case .wrong: break
        case .notSent: isVoid = true
        }
        return true
    }

    private mutating func abandon() { (check, open, openUntil, isVoid, wantsAll) = (nil, [], nil, false, false) }

    private mutating func end(at now: Instant, isUnclear: Bool = false) {
        abandon()
        (lastAt, nextAt, self.isUnclear) = (now, nil, isUnclear)
    }

    private mutating func retry(at now: Instant) {
        abandon()
        nextAt = now + Self.void
    }

    // MARK: tries

    private func size(_ step: Step, _ check: Check, _ way: Way) -> Int {
        switch step {
        case .first, .all: whole ?? 0
        case .known: found?.size ?? Self.floor(way.family)
        case .floor: Self.floor(way.family)
        case .between(let size): size
        case .again: check.high
        }
    }

    private mutating func ask(_ way: Way, _ book: SizeBook, at now: Instant) {
        guard var check else { return }
        let size = size(check.step, check, way)
        // Who isn't known to answer long ones is asked first, so that all are known one day.
        let first = way.targets.filter { !book.hasAnswered($0, size, by: way.wan) }.first ?? way.targets.first
        let targets = check.step == .first ? first.map { [$0] } ?? [] : Array(way.targets.prefix(Self.mostTargets))
        for target in targets {
            for size in check.step == .first ? [size] : [size, nil] {
                sequence += 1
                open.append(
                    Asked(id: ProbeID(of: .size(way.family, wan: way.wan), sequence: sequence), target: target, size: size))
            }
        }
        if check.step == .all { askedAllAt = now }
        (check.heard, check.heardShort) = ([], [])
        self.check = check
        openUntil = now + way.timeout
        nextAt = now
    }

    /// Everything has been answered, or it is too late.
    /// - Returns: whether other WANs are to be compared with.
    private mutating func endTry(_ way: Way, _ book: inout SizeBook, at now: Instant, _ news: inout News?) -> Bool {
        guard var check else { return false }
        let size = size(check.step, check, way)
        nextAt = now + Self.pause
        for target in check.heard { book.answered(target, size, by: way.wan) }
        guard check.heard.isEmpty else {
            passed(size, &check, way, book, at: now, &news)
            return false
        }
        if isVoid {
            retry(at: now)
            return false
        }
        if let told = check.told, (max(Self.floor(way.family), check.low + 1)..<size).contains(told) {
            check.high = min(check.high, size)
            (check.step, check.tries) = (.between(told), 0)
            self.check = check
            return false
        }
        check.told = nil
        guard check.step == .first || !check.heardShort.isEmpty else {
            // Not even short ones: that is for others to judge.
            retry(at: now)
            return false
        }
        check.tries += 1
        let tries =
            switch check.step {
            case .first, .again: 1
            case .all, .between: 2
            case .known, .floor: 3
            }
        guard check.tries >= tries else {
            self.check = check
            return false
        }
        for target in check.heardShort { book.silent(target, size, by: way.wan) }
        return lost(size, &check, way, book, at: now, &news)
    }

    private mutating func passed(_ size: Int, _ check: inout Check, _ way: Way, _ book: SizeBook, at now: Instant, _ news: inout News?) {
        check.low = max(check.low, size)
        switch check.step {
        case .first, .all:
            found = nil
            if hasTold { news = .whole }
            hasTold = false
            end(at: now)
        case .again: retry(at: now)
        case .known where check.told == nil && found != nil: end(at: now)
        case .between(let told) where told == check.told: tell(Found(size: size, whole: whole ?? size, isTold: true), at: now, &news)
        case .known, .floor, .between: search(&check)
        }
    }

    /// - Returns: whether other WANs are to be compared with.
    private mutating func lost(
        _ size: Int, _ check: inout Check, _ way: Way, _ book: SizeBook, at now: Instant, _ news: inout News?
    ) -> Bool {
        switch check.step {
        case .first: (check.step, check.tries) = (.all, 0)
        case .all:
            check.high = size
            (check.step, check.tries) = (found == nil ? .floor : .known, 0)
            self.check = check
            return found == nil
        case .known:
            check.high = size
            (check.step, check.tries) = (.floor, 0)
        case .floor:
            end(at: now, isUnclear: true)
            return false
        case .between:
            check.high = size
            search(&check)
            return false
        case .again:
            verdict(check, way, book, at: now, &news)
            return false
        }
        self.check = check
        return false
    }

    private mutating func search(_ check: inout Check) {
        let middle = (check.low + check.high) / 2 / Self.grain * Self.grain
        let isNear = check.high - check.low <= Self.grain || middle <= check.low
        // A router that has said something that isn't so is not asked again: a word of his is good for one try.
        (check.step, check.tries, check.told) = (isNear ? .again : .between(middle), 0, nil)
        self.check = check
    }

    // MARK: the verdict

    /// A target that limits the size of pings looks like a path that does. So it takes a target that answers a longer one by another WAN; or two
    /// that stop at the very same size, and of which no other WAN shows that they do so there as well.
    private mutating func verdict(_ check: Check, _ way: Way, _ book: SizeBook, at now: Instant, _ news: inout News?) {
        let stopped = check.reach.filter { $0.value == check.low }.keys
        let isProven = check.reach.keys.contains { book.passes($0, check.high, otherThan: way.wan) }
        let agreeing = stopped.count { !book.mayLimit($0, between: check.low, check.high, otherThan: way.wan) }
        guard isProven || agreeing >= 2 else { return end(at: now, isUnclear: true) }
        tell(Found(size: check.low, whole: whole ?? check.low, isTold: false), at: now, &news)
    }

    private mutating func tell(_ new: Found, at now: Instant, _ news: inout News?) {
        if new != found { news = .less }
        (found, hasTold) = (new, true)
        end(at: now)
    }
}

/// What targets have answered by which WAN, for the comparison of WANs.
package struct SizeBook: Equatable, Sendable {
    private struct Reach: Equatable {
        var answered = 0
        /// The shortest that it didn't answer, while it answered short ones.
        var silent: Int?
    }

    private var reaches: [IPAddress: [Int: Reach]] = [:]

    mutating func answered(_ target: IPAddress, _ size: Int, by wan: Int) {
        var reach = reaches[target]?[wan] ?? Reach()
        reach.answered = max(reach.answered, size)
        if let silent = reach.silent, silent <= size { reach.silent = nil }
        reaches[target, default: [:]][wan] = reach
    }

    mutating func silent(_ target: IPAddress, _ size: Int, by wan: Int) {
        var reach = reaches[target]?[wan] ?? Reach()
        reach.silent = min(reach.silent ?? size, size)
        // That it did so once holds no longer.
        if reach.answered >= size { reach.answered = 0 }
        reaches[target, default: [:]][wan] = reach
    }

    func hasAnswered(_ target: IPAddress, _ size: Int, by wan: Int) -> Bool { (reaches[target]?[wan]?.answered ?? 0) >= size }

    func passes(_ target: IPAddress, _ size: Int, otherThan wan: Int) -> Bool {
        (reaches[target] ?? [:]).contains { $0.key != wan && $0.value.answered >= size }
    }

    /// By another WAN it falls silent as well, above what it has answered by this one.
    func mayLimit(_ target: IPAddress, between low: Int, _ high: Int, otherThan wan: Int) -> Bool {
        (reaches[target] ?? [:]).contains { other, reach in
            other != wan && reach.answered < high && reach.silent.map { $0 > low } ?? false
        }
    }
}
