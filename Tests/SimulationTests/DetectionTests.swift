import Model
import Simulation
import Testing

@Suite struct DetectionTests {
    @Test func x() {
        for pps in [0.0, 20, 50, 100, 200, 1000, 5000] {
        let d = Contender.uplinkd.detection(faults: 200, in: .busy(pps))
        print(pps, d.least as Any, d.median as Any, d.percentile99 as Any, d.missed)
        }
    }
}
