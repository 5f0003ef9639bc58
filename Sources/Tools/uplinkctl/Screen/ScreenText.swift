import ControlProtocol
import Model

/// The full-screen view as lines: a function of what is known and of the terminal's size.
///
/// What matters most comes first into a small terminal: the answer, a line for each WAN, what is wrong; then figures, events, and plots in
/// what is left.
enum ScreenText {
    struct Size: Equatable {
        var rows: Int
        var columns: Int
    }

    static func lines(_ state: ScreenState, _ size: Size, _ style: ScreenStyle) -> [String] {
        var plan = Plan(left: max(0, size.rows))
        plan.fit(state)
        return Array(assemble(state, plan, size, style).prefix(max(0, size.rows))).map { $0.cut(to: size.columns, style) }
    }

    /// What there is room for.
    struct Plan: Equatable {
        var left: Int
        var hasTitle = false
        var hasDrill = false
        var problems = 0
        var hasFigures = false
        var hasReasons = false
        var hasSpace = false
        /// Rows of each plot; 0: none. An axis comes with it.
        var plot = 0
        var events = 0

        static let largestPlot = 6

        mutating func fit(_ state: ScreenState) {
            let wans = state.status.wans.count
            take(1 + wans)
            hasDrill = state.status.drill != nil && tryTake(1)
            problems = min(StatusText.problems(state.status).count, left)
            take(problems)
            hasTitle = tryTake(1)
            hasFigures = tryTake(wans)
            let wanted = min(3, state.events.count)
            if wanted > 0, tryTake(wanted + 1) { events = wanted }
            // Two rows are the least that shows a shape.
            if wans > 0, tryTake(3 * wans) { plot = 2 }
            hasSpace = tryTake(wans + 2)
            hasReasons = tryTake(wans)
            while plot > 0, plot < Self.largestPlot, tryTake(wans) { plot += 1 }
            if events > 0 {
                let more = min(left, state.events.count - events)
                events += more
                take(more)
            }
        }

        private mutating func take(_ rows: Int) { left = max(0, left - rows) }

        private mutating func tryTake(_ rows: Int) -> Bool {
            guard rows <= left else { return false }
            left -= rows
            return true
        }
    }

    private static func assemble(_ state: ScreenState, _ plan: Plan, _ size: Size, _ style: ScreenStyle) -> [ScreenLine] {
        var lines: [ScreenLine] = []
        if plan.hasTitle { lines.append(title(state, size)) }
        lines.append(ScreenLine(StatusText.answer(state.status), .bold))
        if plan.hasDrill, let drill = state.status.drill { lines.append(ScreenLine(tell(drill), .doubtful)) }
        lines += StatusText.problems(state.status).prefix(plan.problems).map { ScreenLine("! \($0)", .bad) }
        let heads = heads(state.status.wans)
        for (wan, head) in zip(state.status.wans, heads) {
            if plan.hasSpace { lines.append(ScreenLine("")) }
            lines.append(head)
            if plan.hasFigures { lines.append(figures(wan, state)) }
            if plan.hasReasons { lines.append(ScreenLine("  \(tell(wan.reason))")) }
            if plan.plot > 0 { lines += plot(state.plots[wan.name]?.columns ?? [], plan.plot, size, style) }
        }
        guard plan.events > 0 else { return lines }
        if plan.hasSpace { lines.append(ScreenLine("")) }
        return lines + [ScreenLine(say("EVENTS"), .faint)] + state.events.suffix(plan.events).map(event)
    }

    private static func title(_ state: ScreenState, _ size: Size) -> ScreenLine {
        let left = say("uplinkd on {host}  {time}", ["host": state.host, "time": PastTime.clock(state.time)])
        let right = say("q quits")
        let space = size.columns - left.count - right.count
        return ScreenLine(space > 1 ? left + String(repeating: " ", count: space) + right : left, .faint)
    }

    /// `> telkom     eth0  up                      3 d 4 h`
    private static func heads(_ wans: [WANStatus]) -> [ScreenLine] {
        let rows = tableLines(
            wans.map {
                [$0.carries ? ">" : " ", $0.name, $0.interface, StatusText.health($0), ageText(seconds: $0.sinceSeconds), remark($0)]
            })
        return zip(wans, rows).map { wan, row in
            // The health is found again in its row: columns were made for all rows together.
            let health = StatusText.health(wan)
            guard let place = row.range(of: "  \(health)", behind: wan.name.count + wan.interface.count) else { return ScreenLine(row) }
            let start = row.index(place, offsetBy: 2)
            let end = row.index(start, offsetBy: health.count)
            return ScreenLine([(String(row[..<start]), .plain), (health, ink(wan)), (String(row[end...]), .plain)])
        }
    }

    private static func ink(_ wan: WANStatus) -> ScreenLine.Ink {
        switch wan.health {
        case "up": .good
        case "suspect", "impaired", "recovering", "unknown": .doubtful
        default: .bad
        }
    }

    private static func remark(_ wan: WANStatus) -> String {
        var remarks = wan.metered ? [say("metered")] : []
        if let end = wan.drainEndsInSeconds { remarks.append(say("its sessions may stay for {time}", ["time": ageText(seconds: end)])) }
        if let up = wan.upInSeconds, wan.health != "up" {
            remarks.append(say("up in {time} if it stays so", ["time": ageText(seconds: up)]))
        }
        return remarks.joined(separator: ", ")
    }

    /// `  round trip 12.3 ms, deviation 0.8 ms, loss 0.4 %, 37 clients, 412 sessions`
    private static func figures(_ wan: WANStatus, _ state: ScreenState) -> ScreenLine {
        var parts = [
            say("round trip") + " \(millisecondsText(wan.roundTripMilliseconds))",
            say("deviation") + " \(millisecondsText(wan.deviationMilliseconds))", "loss \(percentText(wan.lossPercent))",
        ]
        if let loads = state.loads {
            let load = loads[wan.name] ?? ScreenState.Load()
            parts += [count(load.clients, "client"), count(load.sessions, "session")]
        }
        return ScreenLine("  " + parts.joined(separator: ", "))
    }

    private static let labelWidth = 9

    private static func plot(_ columns: [Plot.Column], _ height: Int, _ size: Size, _ style: ScreenStyle) -> [ScreenLine] {
        let plot = PlotText(columns, width: size.columns - labelWidth - 1, height: height, isASCII: style.isASCII)
        func label(_ text: String) -> String { String(repeating: " ", count: max(0, labelWidth - text.count)) + text + " " }
        var lines = plot.rows.enumerated().map { ScreenLine(label($0.offset == 0 ? top(plot.top) : "") + $0.element) }
        lines.append(ScreenLine(label(plot.seconds > 0 ? shortAge(plot.seconds) : "") + plot.axis))
        return lines
    }

    /// A round number of milliseconds: `50 ms`, `0.5 ms`.
    private static func top(_ milliseconds: Double) -> String {
        milliseconds < 1 ? millisecondsText(milliseconds) : "\(Int(milliseconds)) ms"
    }

    /// As far back as the plot goes.
    private static func shortAge(_ seconds: Int) -> String { seconds < 60 ? "-\(seconds) s" : "-\(seconds / 60)m\(seconds % 60)s" }

    private static func event(_ event: ControlEvent) -> ScreenLine {
        let severity = word(event.severity.rawValue, "severity")
        let ink: ScreenLine.Ink =
            switch event.severity {
            case .error: .bad
            case .warning: .doubtful
            default: .plain
            }
        return ScreenLine([
            ("\(PastTime.clock(event.time))  ", .faint), (severity + String(repeating: " ", count: max(0, 9 - severity.count)), ink),
            (EventText.message(event), .plain),
        ])
    }
}

extension String {
    /// Where the word begins, at or behind so many characters.
    fileprivate func range(of word: String, behind: Int) -> Index? {
        var start = index(startIndex, offsetBy: behind, limitedBy: endIndex) ?? endIndex
        while start < endIndex {
            if self[start...].hasPrefix(word) { return start }
            start = index(after: start)
        }
        return nil
    }
}
