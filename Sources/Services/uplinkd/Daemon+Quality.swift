import Configuration
import ControlProtocol
import Engine
import Floor
import Health
import Model
import Varlink

extension Daemon {
    func quality(_ wanted: QualityParameters) throws(ControlError) -> QualityReply {
        let healths = engine.healths
        guard let wan = wanted.wan else { return QualityReply(quality: healths.map(quality)) }
        guard let health = healths.first(where: { $0.wan.name.description == wan }) else {
            throw .unknownWAN(wan: wan, known: engine.settings.wans.map(\.name.description))
        }
        return QualityReply(quality: [quality(health)])
    }

    private func quality(_ health: WANHealth) -> WANQuality {
        let now = clock.now()
        let thresholds = health.wan.probe.thresholds
        let counting = health.evidence
        return WANQuality(
            wan: health.wan.name.description, health: health.state.rawValue,
            figures: Figures(counting.map { health.targets[$0].window }, at: now),
            thresholds: ThresholdsInForce(
                loss: thresholds.loss.map { .init(leave: hundredths($0.leave * 100), back: hundredths($0.back * 100)) },
                mean: thresholds.mean.map(limit), deviation: thresholds.deviation.map(limit),
                percentile99: thresholds.percentile99.map(limit)),
            targets: health.targets.enumerated().map { index, target in
                TargetQuality(
                    target: target.target.description, kind: target.target.question.kind.rawValue, counts: counting.contains(index),
                    figures: Figures([target.window], at: now),
                    answers: target.window.samples.compactMap { sample in
                        switch sample.result {
                        case .open, .void: nil
                        case .lost: .some(nil)
                        case .answered(let microseconds): .some(Double(microseconds) / 1000)
                        }
                    })
            })
    }

    private func limit(_ limit: Thresholds.Limit<Duration>) -> ThresholdLimit {
        .init(leave: hundredths(limit.leave.inSeconds * 1000), back: hundredths(limit.back.inSeconds * 1000))
    }
}

extension Figures {
    fileprivate init(_ windows: [Window], at now: Instant) {
        let quality = windows.reduce(Quality()) { $0 + $1.summary }
        let roundTrips = windows.flatMap(\.roundTrips)
        let oldest = windows.compactMap(\.samples.first?.sentAt).min()
        self.init {
            $0.windowSeconds = oldest.map { hundredths((now - $0).inSeconds) }
            $0.sent = windows.reduce(0) { $0 + $1.samples.count { $0.result != .void } }
            $0.answered = quality.answered
            $0.lost = quality.lost
            $0.lossPercent = quality.loss.map { hundredths($0 * 100) }
            $0.meanMilliseconds = milliseconds(quality.mean)
            $0.deviationMilliseconds = milliseconds(quality.deviation)
            $0.minimumMilliseconds = milliseconds(roundTrips.min())
            $0.maximumMilliseconds = milliseconds(roundTrips.max())
            $0.percentile99Milliseconds = milliseconds(Quality.percentile(0.99, of: roundTrips))
        }
    }
}

func milliseconds(_ duration: Duration?) -> Double? { duration.map { hundredths($0.inSeconds * 1000) } }
