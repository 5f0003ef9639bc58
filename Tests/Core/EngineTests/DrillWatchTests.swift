import Engine
import Testing

@Suite("A drill's verdict")
struct DrillWatchTests {
    private enum Step {
        case expects(String), over(DrillOutcome)
        case finished(String, backedUp: Int, broken: Int)
    }

    private func watch(_ steps: [Step]) -> DrillWatch {
        var watch = DrillWatch()
        for step in steps {
            switch step {
            case .expects(let id): watch.expect(report: id)
            case .over(let outcome): watch.end(outcome)
            case .finished(let id, let backedUp, let broken): _ = watch.finished(report: id, backedUp: backedUp, broken: broken)
            }
        }
        return watch
    }

    @Test("one that has passed is judged by its reports")
    func verdicts() {
        let table: [(steps: [Step], isComplete: Bool, verdict: DrillWatch.Verdict?)] = [
            ([], false, nil),
            ([.expects("a")], false, nil),
            ([.over(.passed)], true, nil),
            ([.expects("a"), .over(.passed)], false, .reportsMissing),
            (
                [.expects("a"), .over(.passed), .finished("b", backedUp: 1, broken: 0)], false,
                .reportsMissing
            ),
            (
                [.expects("a"), .over(.passed), .finished("a", backedUp: 0, broken: 0)], true,
                .nobodyToMove
            ),
            (
                [.expects("a"), .finished("a", backedUp: 3, broken: 0), .over(.passed)], true,
                .clientsBackedUp
            ),
            (
                [.expects("a"), .finished("a", backedUp: 3, broken: 0), .expects("b"), .over(.passed)], false,
                .reportsMissing
            ),
            (
                [
                    .expects("a"), .finished("a", backedUp: 3, broken: 1), .expects("b"), .finished("b", backedUp: 3, broken: 0),
                    .over(.passed),
                ],
                true, .clientsLost
            ),
            ([.expects("a"), .over(.stopped)], true, nil),
            ([.expects("a"), .over(.noFailback)], false, nil),
            ([.expects("a"), .over(.noFailback), .finished("a", backedUp: 1, broken: 1)], true, nil),
            ([.over(.noFailover)], true, nil),
        ]
        for row in table {
            let watch = watch(row.steps)
            #expect(watch.isComplete == row.isComplete, "\(row.steps)")
            #expect(watch.verdict == row.verdict, "\(row.steps)")
        }
    }

    @Test("a report is its own once, and those of others aren't")
    func own() {
        var watch = DrillWatch()
        watch.expect(report: "a")
        #expect(watch.finished(report: "b", backedUp: 1, broken: 0) == false)
        #expect(watch.finished(report: "a", backedUp: 1, broken: 0) == true)
        #expect(watch.finished(report: "a", backedUp: 1, broken: 0) == false)
    }
}
