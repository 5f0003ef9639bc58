import Control
import ControlProtocol
import Engine
import Floor
import Health
import Model

extension Daemon {
    func explanation(supposing texts: [String]) throws(ControlError) -> Explanation {
        let wans = engine.settings.wans.map(\.name)
        var suppositions: [WANName: Supposed] = [:]
        for text in texts {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2 else { throw .invalidTarget(reason: WhatIfRefusal.malformed(text, example: wans.first).sentence) }
            guard let wan = wans.first(where: { $0.description == parts[0] }) else {
                throw .unknownWAN(wan: parts[0], known: wans.map(\.description))
            }
            guard let state = Supposed(rawValue: parts[1]) else {
                throw .invalidTarget(reason: WhatIfRefusal.unknownState(parts[1]).sentence)
            }
            guard suppositions.updateValue(state, forKey: wan) == nil else {
                throw .invalidTarget(reason: WhatIfRefusal.twice(wan).sentence)
            }
        }
        do throws(WhatIfRefusal) {
            let answer = try engine.whatIf(suppositions, at: clock.now())
            return Explanation(
                sentence: answer.answer.sentence, lines: answer.lines.map(ExplanationLine.init), commands: answer.commands)
        } catch {
            throw .invalidTarget(reason: error.sentence)
        }
    }
}

extension ExplanationLine {
    init(_ explained: Explained) {
        self.init(wan: explained.wan.description, clauses: explained.clauses.map(\.sentence), text: explained.text)
    }
}
