import Varlink

package struct DrillParameters: CallParameters, Equatable {
    package var wan: String
    /// down, silent, lossy=PERCENT or dns. nil: down.
    package var fault: String?
    /// 10…900. nil: 60.
    package var seconds: Int?
    /// Even where it shows little or cuts the office off.
    package var force: Bool?

    package static let known = ["wan", "fault", "seconds", "force"]
    package init(wan: String, fault: String? = nil, seconds: Int? = nil, force: Bool? = nil) {
        self.wan = wan
        self.fault = fault
        self.seconds = seconds
        self.force = force
    }
}

/// One step of a drill: `type DrillProgress`.
package struct DrillProgress: Codable, Equatable, Sendable {
    /// begun, set, noticed, failover, ended, failback, report, over. A later version may know more.
    package var step: String
    /// Since the fault was in force, or the drill began.
    package var milliseconds: Int
    /// A sentence.
    package var message: String
    /// With the last step: passed, not-backed-up, no-failover, no-failback or stopped.
    package var outcome: String?
    /// With `report`: which one.
    package var report: String?

    package init(step: String, milliseconds: Int, message: String, outcome: String? = nil, report: String? = nil) {
        self.step = step
        self.milliseconds = milliseconds
        self.message = message
        self.outcome = outcome
        self.report = report
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case step, message, outcome, report
        case milliseconds = "after_ms"
    }
}

package struct DrillReply: Codable, Equatable, Sendable {
    package var progress: DrillProgress
    package init(progress: DrillProgress) { self.progress = progress }
}
