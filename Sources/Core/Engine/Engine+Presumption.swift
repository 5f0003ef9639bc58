import Health
package import Model

extension Engine {
    /// What a start after a reboot should know. A cable that is out, or a modem that is gone, shows at the first look.
    package var presumption: Presumption {
        Presumption(
            down: healths.compactMap { health in
                let wan = health.wan
                let isDead = { (state: HealthState) in state == .down || state == .recovering }
                let six = healthOfIPv6(wan.name) ?? health
                let families = [(IPFamily.v4, health), (.v6, six)].filter { isDead($0.1.state) }.map(\.0)
                return families.isEmpty ? nil : Presumption.Verdict(wan: wan.name, meaning: wan.meaning, families: families)
            })
    }
}
