package import Model

/// The settings over which each algorithm is drawn as detection time against data. All of them are accepted by the program in question.
package enum Sweep {
    package static var uplinkd: [Contender] {
        let intervals = [0.1, 0.15, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5, 7, 10, 20, 60, 200, 600]
        return intervals.flatMap { interval in
            (1...3).flatMap { targets in
                // With long intervals a few milliseconds of patience make no difference.
                ProbeProfile.allCases.filter { interval < 20 || $0 == .normal }.map {
                    Contender.uplinkd(.seconds(interval), targets: targets, profile: $0)
                }
            }
        }
    }

    package static var mwan3: [Contender] {
        var all: [Contender] = []
        for (addresses, reliability) in [(1, 1), (2, 1), (4, 1), (4, 2)] {
            for timeout in [1, 2, 4] {
                for interval in [1, 2, 3, 5, 10, 30, 60] {
                    for failureInterval in [nil, 1] as [Int?] where failureInterval != interval {
                        for down in [1, 2, 3, 5] {
                            let settings = MWAN3.Settings(
                                addresses: addresses, reliability: reliability, timeout: timeout, interval: interval,
                                failureInterval: failureInterval, down: down)
                            let between = failureInterval.map { "/\($0)" } ?? ""
                            all.append(
                                Contender(
                                    name:
                                        "mwan3 \(reliability)/\(addresses) timeout \(timeout) interval \(interval)\(between) down \(down)",
                                    algorithm: .mwan3(settings)))
                        }
                    }
                }
            }
        }
        return all
    }

    package static var dpinger: [Contender] {
        var all: Set<Dpinger.Settings> = []
        for send in [50, 100, 200, 500, 1000, 2000, 5000, 10_000, 30_000] {
            for loss in [100, 500, 2000, send * 4] {
                for period in [send * 2 + loss + 1, send * 4 + loss, 5000, 20_000, 60_000] {
                    for threshold in [10, 20, 50] {
                        for alert in [100, send] {
                            let settings = Dpinger.Settings(
                                sendInterval: .milliseconds(send), lossInterval: .milliseconds(loss), timePeriod: .milliseconds(period),
                                alertInterval: .milliseconds(alert), loss: threshold, latency: .milliseconds(min(500, loss)))
                            if settings.isAccepted { all.insert(settings) }
                        }
                    }
                }
            }
        }
        return all.map { settings in
            let (send, loss) = (settings.sendInterval.milliseconds, settings.lossInterval.milliseconds)
            let (period, alert) = (settings.timePeriod.milliseconds, settings.alertInterval.milliseconds)
            return Contender(
                name: "dpinger -s \(send) -l \(loss) -t \(period) -A \(alert) -L \(settings.loss)", algorithm: .dpinger(settings))
        }.sorted { $0.name < $1.name }
    }

    package static var routerOS: [Contender] {
        var all: [Contender] = []
        for interval in [0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300, 600] {
            for timeout in [0.1, 0.2, 0.5, 1] where timeout <= interval {
                for count in [1, 2, 3, 5] {
                    all.append(
                        Contender(
                            name: "RouterOS interval \(interval) timeout \(timeout) count \(count)",
                            algorithm: .checkGateway(.init(interval: .seconds(interval), timeout: .seconds(timeout), count: count))))
                }
            }
        }
        return all
    }

    package static var theirs: [Contender] { mwan3 + dpinger + routerOS }
}

extension Contender {
    /// Without the gateway: its answers are no evidence that the upstream is alive, and here every byte counts.
    package static func uplinkd(_ interval: Duration, targets: Int, profile: ProbeProfile = .normal) -> Contender {
        Contender(
            name: "uplinkd \(profile.rawValue) interval \(interval.inSeconds) targets \(targets)",
            algorithm: .uplinkd(.init(profile: profile, interval: interval, targets: targets, asksGateway: false)))
    }
}

extension Duration {
    fileprivate var milliseconds: Int64 { nanoseconds / 1_000_000 }
}
