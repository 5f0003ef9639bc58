import ControlFixtures
import Model
import Testing
@testable import ControlProtocol

/// Held against the format's own rules: a line that Prometheus can't read makes it drop all of them.
@Suite struct MetricsTests {
    private struct Sample {
        var name: String
        var labels: String
        var value: Double
    }

    /// By hand and strictly, as `promtool check metrics` would.
    private func samples(_ text: String) throws -> [Sample] {
        #expect(text.hasSuffix("\n"))
        var samples: [Sample] = []
        var family = ""
        var finished: Set<String> = []
        for line in text.dropLast().split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("# HELP ") {
                #expect(finished.insert(family).inserted, "a family comes in one piece: \(family)")
                family = String(line.split(separator: " ")[2])
                #expect(!finished.contains(family))
            } else if line.hasPrefix("# TYPE ") {
                let words = line.split(separator: " ")
                #expect(words.count == 4 && String(words[2]) == family && ["gauge", "counter"].contains(words[3]))
                #expect((words[3] == "counter") == family.hasSuffix("_total"), "\(family)")
            } else {
                let space = try #require(line.lastIndex(of: " "))
                let name = line[..<space].prefix { $0 != "{" }
                #expect(String(name) == family)
                let rest = line[..<space].dropFirst(name.count)
                #expect(rest.isEmpty || rest.hasSuffix("\"}"), "\(line)")
                samples.append(
                    Sample(
                        name: String(name), labels: String(rest), value: try #require(Double(line[line.index(after: space)...]), "\(line)"))
                )
            }
        }
        #expect(Set(samples.map { $0.name + $0.labels }).count == samples.count, "no sample comes twice")
        return samples
    }

    @Test("the status of two WANs is told in base units, and each health is one of all")
    func figures() throws {
        var status = Status.sample
        status.wans[0].roundTripMilliseconds = 12.5
        status.wans[0].lossPercent = 25
        status.problems = [Sentence("strayed", "a"), Sentence("box", "b"), Sentence("box", "c")]
        let samples = try samples(Metrics.text(status))
        func value(_ name: String, _ labels: String = "") -> Double? { samples.first { $0.name == name && $0.labels == labels }?.value }
        #expect(value("uplinkd_info", "{version=\"\(status.version)\"}") == 1)
        #expect(value("uplinkd_problem", #"{code="box"}"#) == 2 && value("uplinkd_problem", #"{code="strayed"}"#) == 1)
        #expect(value("uplinkd_wan_round_trip_seconds", #"{wan="telkom"}"#) == 0.0125)
        #expect(value("uplinkd_wan_loss_ratio", #"{wan="telkom"}"#) == 0.25)
        #expect(value("uplinkd_wan_carries", #"{wan="telkom"}"#) == 1)
        #expect(value("uplinkd_wan_carries", #"{wan="smartfren"}"#) == 0)
        #expect(value("uplinkd_wan_ready", #"{wan="smartfren"}"#) == 0)
        #expect(value("uplinkd_wan_proven_age_seconds", #"{wan="smartfren"}"#) == 250)
        for wan in status.wans {
            let of = samples.filter { $0.name == "uplinkd_wan_health" && $0.labels.hasPrefix("{wan=\"\(wan.name)\"") }
            #expect(of.count == 9)
            #expect(of.filter { $0.value == 1 }.map(\.labels) == ["{wan=\"\(wan.name)\",health=\"\(wan.health)\"}"])
        }
        for (name, count) in status.counters { #expect(value("uplinkd_\(name)_total") == Double(count)) }
    }

    @Test("what isn't known has no line, and a health that is new gets one")
    func unknown() throws {
        var status = Status.sample
        status.wans[0].roundTripMilliseconds = nil
        status.wans[0].health = "asleep"
        let samples = try samples(Metrics.text(status))
        #expect(!samples.contains { $0.name == "uplinkd_wan_round_trip_seconds" && $0.labels == #"{wan="telkom"}"# })
        #expect(samples.contains { $0.labels == #"{wan="telkom",health="asleep"}"# && $0.value == 1 })
    }

    @Test("quotes, backslashes and line ends in a target don't end the label")
    func escaping() throws {
        var status = Status.sample
        status.wans[0].targets[0].target = "a\"b\\c\nd"
        status.wans[0].targets[0].answered = true
        #expect(Metrics.text(status).contains(#"target="a\"b\\c\nd"} 1"#))
    }
}
