import Control
import ControlProtocol
import Engine
import Floor
import Health
import Model

extension Daemon {
    func explanation(supposing texts: [String]) throws(ControlError) -> Explanation {
        let wans = engine.settings.wans.map(\.name)
        let states = Supposed.allCases.map(\.rawValue).joined(separator: ", ")
        var suppositions: [WANName: Supposed] = [:]
        for text in texts {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2 else {
                throw .invalidTarget(
                    message: "'\(text)' is no supposition: write WAN=STATE, such as '\(wans.first?.description ?? "WAN")=down'.")
            }
            guard let wan = wans.first(where: { $0.description == parts[0] }) else {
                throw .unknownWAN(wan: parts[0], known: wans.map(\.description))
            }
            guard let state = Supposed(rawValue: parts[1]) else {
                throw .invalidTarget(message: "A WAN can't be supposed to be '\(parts[1])'. It can be \(states).")
            }
            guard suppositions.updateValue(state, forKey: wan) == nil else {
                throw .invalidTarget(message: "\(wan) is supposed to be two things at once.")
            }
        }
        do throws(WhatIfRefusal) {
            let answer = try engine.whatIf(suppositions, at: clock.now())
            return Explanation(
                sentence: answer.sentence, lines: answer.lines.map { .init(wan: $0.wan.description, sentence: $0.sentence) },
                commands: answer.commands)
        } catch {
            throw .invalidTarget(message: error.message)
        }
    }
}
