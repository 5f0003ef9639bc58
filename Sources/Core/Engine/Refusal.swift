package import Health
package import Model

// What clients ask for and can't have, and why. The wording says what to do.

/// Why a drill can't be had.
package enum DrillRefusal: Error, Equatable, Sendable {
    case nothingRead
    case onlyWAN(WANName)
    case underWay(WANName)
    case notSelected(WANName, selected: WANName)
    case noneReady([Unready])
    case noNAT
    case noDNSTarget(WANName)
    /// `leave` nil: it has no threshold for its loss.
    case lossAllowed(WANName, leave: Double?, percent: Int)
    /// Of a drill that is over.
    case reportsPending
    case unknownFault(String)
    case wrongDuration(Duration)

    package struct Unready: Equatable, Sendable {
        package var wan: WANName
        package var why: Unreadiness
    }
}

/// What can't be supposed.
package enum WhatIfRefusal: Error, Equatable, Sendable {
    case nothingRead
    case neverFound(WANName, Supposed)
    case malformed(String, example: WANName?)
    case unknownState(String)
    case twice(WANName)
}

/// What can't be probed.
package enum ProbeRefusal: Error, Equatable, Sendable {
    case wrongTimeout(seconds: Double)
    case noTarget(WANName, kind: String)
    /// Programs are run only as they are configured; with those that are.
    case unknownProgram(WANName, known: [String])
    /// In the words of the configuration file.
    case malformed(String)
}

/// A WAN that the operator may not have now, and why.
package struct SwitchRefusal: Error, Equatable, Sendable {
    package var wan: WANName
    package var health: HealthState
    package var condition: Condition
}
