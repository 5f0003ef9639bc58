import Health
package import Model

extension Evidence {
    package var sentence: Sentence {
        switch self {
        case .condition(let wan, let condition):
            let clause = condition.sentence(of: wan)
            return Sentence(clause.code, clause.arguments, clause.text + ".")
        case .wrong(let target, let answer):
            return Sentence(
                "target-wrong", ["target": target, "kind": answer.kind.rawValue, "answer": answer.detail],
                "\(target) gave a wrong answer: \(answer.detail).")
        case .notAsked(let target, let error):
            return Sentence("target-not-asked", ["target": target, "error": error], "\(target) couldn't be asked: \(error).")
        case .lastAnswered(let target, let ago):
            let seconds = (ago.inSeconds * 100).rounded() / 100
            return Sentence(
                "target-last-answered", ["target": target, "seconds": seconds], "\(target) last answered \(seconds) s before.")
        case .neverAnswered(let target):
            return Sentence("target-never-answered", ["target": target], "\(target) has never answered.")
        }
    }
}

extension ReportNote {
    package var sentence: Sentence {
        switch self {
        case .cutShort(let after):
            let seconds = (after.inSeconds * 100).rounded() / 100
            return Sentence("cut-short", ["seconds": seconds], "The next switch ended the counting after \(seconds) s.")
        case .deaf(let error): return Sentence("deaf", ["error": error], "First replies couldn't be heard: \(error).")
        case .noNeighbours:
            return Sentence("no-neighbours", "The neighbours couldn't be read: those that left count as idle.")
        case .noCountAfter(let error):
            return Sentence(
                "no-count-after", ["error": error],
                "The sessions couldn't be counted afterwards, so whoever's reply wasn't heard counts as idle: \(error)")
        case .noCountBefore: return Sentence("no-count-before", "There was no count of the sessions before the switch.")
        case .overrun:
            return Sentence(
                "overrun", "The kernel had more to tell than could be heard: some first replies came earlier than it says here.")
        case .noTimes:
            return Sentence("no-times", "Of some sessions the kernel doesn't tell when they last had a packet: they count as active.")
        case .notAllListed(let clients, let listed):
            return Sentence("not-all-listed", ["clients": clients, "listed": listed], "Of \(clients) clients \(listed) are listed.")
        case .unheard(let clients):
            return Sentence(
                "unheard", ["clients": clients],
                "The first replies of \(clients) of those backed up weren't heard; their sessions were found answered afterwards.")
        }
    }
}
