import Model
import Simulation
import Testing

@Suite struct DetectionTests {
    @Test func x() {
        let d = Contender.uplinkd.detection(faults: 300)
        print(d.median as Any, d.percentile99 as Any, d.missed)
        let f = Contender.fast.detection(faults: 300)
        print(f.median as Any, f.percentile99 as Any, f.missed)
        for loss in [0.01, 0.2] {
            var w = World()
            w.wans[0].loss = loss
            let t = ContinuousClock.now
            let o = Contender.uplinkd.switches(in: w, for: .seconds(3600))
            print("  loss", loss, o.switches, ContinuousClock.now - t)
        }
    }
}
