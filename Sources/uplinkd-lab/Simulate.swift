import ArgumentParser
import Lab
import Model
import Simulation

struct Simulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "x")

    func run() async throws {
        for c in Contender.defaults {
            let d = c.detection(faults: 300)
            print(c.name, d.median as Any, d.percentile99 as Any, d.least as Any, d.most as Any, d.missed)
            print("  MB", c.bytesPerMonth() / 1e6)
            for loss in [0.01, 0.05, 0.1, 0.2] {
                var w = World()
                w.wans[0].loss = loss
                let t = ContinuousClock.now
                let o = c.switches(in: w, for: .seconds(86400))
                print("  loss", loss, o.switches, ContinuousClock.now - t)
            }
        }
    }
}
