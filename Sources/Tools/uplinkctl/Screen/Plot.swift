import ControlProtocol

/// The round trips of one WAN over the last minutes, a column a second. Pure.
struct Plot: Equatable {
    enum Column: Equatable {
        /// Nothing was asked, or nothing has an outcome yet.
        case empty
        case answered(milliseconds: Double)
        /// Some were lost.
        case partly(milliseconds: Double)
        case lost

        /// - Parameter asked: so many have an outcome, and these times are those that were answered in.
        init(_ times: [Double], of asked: Int) {
            guard !times.isEmpty else {
                self = asked == 0 ? .empty : .lost
                return
            }
            let mean = times.reduce(0, +) / Double(times.count)
            self = times.count == asked ? .answered(milliseconds: mean) : .partly(milliseconds: mean)
        }

        var milliseconds: Double? {
            switch self {
            case .answered(let time), .partly(let time): time
            case .empty, .lost: nil
            }
        }
    }

    /// Ten minutes: wider than any terminal.
    static let limit = 600

    private(set) var columns: [Column] = []
    private var known: [TargetQuality] = []

    /// What has come since the last call.
    mutating func take(_ quality: WANQuality) {
        let counting = quality.targets.filter(\.counts)
        let fresh = counting.flatMap { target in
            Self.fresh(target, since: known.first { $0.target == target.target && $0.kind == target.kind })
        }
        let column = Column(fresh.compactMap { $0 }.filter(\.isFinite), of: fresh.count)
        columns.append(column == .empty && Self.isSilent(counting) ? .lost : column)
        if columns.count > Self.limit { columns.removeFirst(columns.count - Self.limit) }
        known = counting
    }

    /// The time before the first column, by what the daemon remembers of the targets that count.
    ///
    /// - Parameter first: the second that the first column stands for, since 1970.
    mutating func recall(_ series: [SampleSeries], before first: Int) {
        var results: [Int: [Int]] = [:]
        for one in series where known.contains(where: { $0.target == one.target }) {
            var time = 0
            for (step, result) in zip(one.times, one.results) {
                // From a daemon's word: nothing of it may overflow.
                time = time.addingReportingOverflow(step).partialValue
                results[time / 1000, default: []].append(result)
            }
        }
        let from = max(results.keys.min() ?? first, first - (Self.limit - columns.count))
        guard from < first else { return }
        columns.insert(contentsOf: (from..<first).map { Self.column(results[$0] ?? []) }, at: 0)
    }

    /// Microseconds; less than 0 is some other end.
    private static func column(_ results: [Int]) -> Column {
        Column(results.filter { $0 >= 0 }.map { Double($0) / 1000 }, of: results.count)
    }

    /// The window moves on, so what is new is what comes behind the part that both have. In a row of losses there is nothing to tell them by:
    /// see `isSilent`.
    private static func fresh(_ target: TargetQuality, since before: TargetQuality?) -> ArraySlice<Double?> {
        // What was there before this program came is no news of this second.
        guard let old = before?.answers else { return target.answers.suffix(1) }
        let new = target.answers
        for start in 0...old.count where old.count - start <= new.count && old[start...].elementsEqual(new[..<(old.count - start)]) {
            // Without anything in common (a reply came late, say) not the whole window is new.
            return start == old.count ? new.suffix(3) : new[(old.count - start)...]
        }
        return new.suffix(1)
    }

    private static func isSilent(_ targets: [TargetQuality]) -> Bool {
        !targets.isEmpty && targets.allSatisfy { $0.answers.last.map { $0 == nil } ?? false }
    }
}

/// A plot in characters: rows from the top, and below them a row that says what was lost.
struct PlotText: Equatable {
    var rows: [String]
    var axis: String
    /// What the uppermost row stands for.
    var top: Double
    /// So many seconds are shown.
    var seconds: Int

    init(_ columns: [Plot.Column], width: Int, height: Int, isASCII: Bool) {
        // Braille has two columns and four rows of dots in each character.
        let (across, down) = isASCII ? (1, 2) : (2, 4)
        let shown = columns.suffix(max(0, width) * across)
        seconds = shown.count
        let top = Self.top(shown.compactMap(\.milliseconds))
        self.top = top
        let levels = max(1, height * down)
        var dots = shown.map { column in
            column.milliseconds.map { time in
                // Compared as what it is: a number that is none fits no integer.
                time < top ? max(1, Int((max(0, time) / top * Double(levels)).rounded())) : levels
            } ?? 0
        }
        var marks = Array(shown)
        // The newest is at the right, also when a character has only half of its columns.
        if dots.count % across != 0 {
            dots.insert(0, at: 0)
            marks.insert(.empty, at: 0)
        }
        let cells = dots.count / across
        let indent = String(repeating: " ", count: max(0, width - cells))
        rows = (0..<max(0, height)).map { row in
            let below = (height - 1 - row) * down
            return indent
                + String(
                    (0..<cells).map { cell -> Character in
                        let filled = (0..<across).map { min(down, max(0, dots[cell * across + $0] - below)) }
                        return isASCII ? [" ", ".", ":"][filled[0]] : Self.braille(filled[0], filled[1])
                    })
        }
        axis =
            indent
            + String(
                (0..<cells).map { cell -> Character in
                    let both = marks[(cell * across)..<((cell + 1) * across)]
                    if both.contains(.lost) { return "X" }
                    if both.contains(where: { if case .partly = $0 { true } else { false } }) { return "x" }
                    return both.allSatisfy { $0 == .empty } ? " " : isASCII ? "-" : "─"
                })
    }

    /// Dots of a character from the bottom up, left and right: U+2800 and a bit for each.
    private static func braille(_ left: Int, _ right: Int) -> Character {
        let bits: [(UInt32, UInt32)] = [(0x40, 0x80), (0x04, 0x20), (0x02, 0x10), (0x01, 0x08)]
        var code: UInt32 = 0x2800
        for (row, bit) in bits.enumerated() {
            if row < left { code |= bit.0 }
            if row < right { code |= bit.1 }
        }
        return code == 0x2800 ? " " : UnicodeScalar(code).map { Character($0) } ?? " "
    }

    /// 1, 2 or 5 times a power of ten, so that the label is a round number. A few that took very long don't flatten all the others.
    private static func top(_ times: [Double]) -> Double {
        let sorted = times.filter { $0.isFinite && $0 > 0 }.sorted()
        guard !sorted.isEmpty else { return 1 }
        let wanted = min(sorted[sorted.count - 1], sorted[(sorted.count - 1) * 9 / 10] * 2, 1e9)
        var step = 0.1
        while true {
            for factor in [1.0, 2, 5] where step * factor >= wanted { return step * factor }
            step *= 10
        }
    }
}
