import Model

struct ThresholdsDraft {
    var loss = Entry<Thresholds.Limit<Double>?>.absent
    var mean = Entry<Thresholds.Limit<Duration>?>.absent
    var deviation = Entry<Thresholds.Limit<Duration>?>.absent
    var percentile99 = Entry<Thresholds.Limit<Duration>?>.absent

    /// A limit is taken over as a whole: half of one and half of another would be neither's.
    func over(_ common: ThresholdsDraft) -> ThresholdsDraft {
        ThresholdsDraft(
            loss: loss.or(common.loss), mean: mean.or(common.mean), deviation: deviation.or(common.deviation),
            percentile99: percentile99.or(common.percentile99))
    }

    /// nil if one of them is wrong.
    var thresholds: Thresholds? {
        let defaults = Thresholds.usual
        guard let loss = loss.value(default: defaults.loss), let mean = mean.value(default: defaults.mean),
            let deviation = deviation.value(default: defaults.deviation),
            let percentile99 = percentile99.value(default: defaults.percentile99)
        else { return nil }
        return Thresholds(loss: loss, mean: mean, deviation: deviation, percentile99: percentile99)
    }
}

private struct LimitDraft<T> {
    var leave = Entry<T>.absent
    var back = Entry<T>.absent
}

extension Key {
    /// `none`, or `leave` and, if it isn't half of that, `return`.
    static func limit<T: Comparable & Sendable>(
        _ name: String, _ path: WritableKeyPath<Draft, Entry<Thresholds.Limit<T>?>>, _ value: Value<T>, example: String,
        text: @escaping (T) -> String, half: @escaping (T) -> T
    ) -> Key {
        let keys: [Key<LimitDraft<T>>] = [
            .value("leave", \.leave, value, required: "from where on it is bad, such as 'leave: \(example)'"),
            .value("return", \.back, value),
        ]
        return Key(name: name) { node, mark, draft, problems in
            draft[keyPath: path] = .refused
            switch node.content {
            case .scalar("none"): draft[keyPath: path] = .given(nil, node.mark)
            case .scalar, .list, .empty:
                problems.error(
                    "'\(name)' has to be 'none' or a mapping with the keys 'leave' and 'return'\(node.butIs)", at: node.place(key: mark),
                    hint: "write '{leave: \(example)}'")
            case .mapping, .refused:
                var limit = LimitDraft<T>()
                readMapping(node, Owner(subject: "'\(name)'", mark: mark), keys, into: &limit, &problems)
                guard let leave = limit.leave.value(), let back = limit.back.value(default: half(leave)) else { return }
                guard back <= leave else {
                    problems.error(
                        "'return' is \(text(back)), above 'leave' (\(text(leave)))", at: limit.back.mark,
                        hint: "a WAN that is bad has to get better than that before it is good again; half of 'leave' if left out")
                    return
                }
                draft[keyPath: path] = .given(Thresholds.Limit(leave: leave, back: back), node.mark)
            }
        }
    }
}
