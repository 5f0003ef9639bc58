package import FoundationEssentials
import Varlink

/// The probes to one target by one WAN in an hour: `type Samples`.
package struct PastSamples: Codable, Equatable, Sendable {
    package var wan: String
    /// As configured then.
    package var target: String
    /// Packed, as `SampleBlock` of the target `Samples` has it; base64 on the wire.
    package var block: Data

    package init(wan: String, target: String, block: Data) {
        self.wan = wan
        self.target = target
        self.block = block
    }

    enum CodingKeys: String, CodingKey, CaseIterable { case wan, target, block }
}

/// How a WAN's interface was from then on: `type LinkChange`.
package struct PastLink: Codable, Equatable, Sendable {
    /// Milliseconds since 1970.
    package var at: Int64
    package var wan: String
    /// 0 ready, 1 without a gateway, 2 without carrier, 3 absent.
    package var state: Int

    package init(at: Int64, wan: String, state: Int) {
        self.at = at
        self.wan = wan
        self.state = state
    }

    enum CodingKeys: String, CodingKey, CaseIterable { case at, wan, state }
}

/// A time in which no probe is missing, in milliseconds since 1970: `type Recorded`.
package struct PastSpan: Codable, Equatable, Sendable {
    package var from: Int64
    package var until: Int64

    package init(from: Int64, until: Int64) {
        self.from = from
        self.until = until
    }

    enum CodingKeys: String, CodingKey, CaseIterable { case from, until }
}

package struct PastSamplesParameters: CallParameters, Equatable {
    package var since: String?
    package var until: String?

    package static let known = ["since", "until"]
    package init(since: String? = nil, until: String? = nil) {
        self.since = since
        self.until = until
    }
}

package struct PastSamplesReply: Codable, Equatable, Sendable {
    /// Whole hours, in their order: the first may begin before the time that was asked for, the last end after it.
    package var samples: [PastSamples]
    /// How each interface was at the beginning, and how it changed.
    package var links: [PastLink]
    /// Of the time that was asked for, or that this answer has of it.
    package var recorded: [PastSpan]
    /// There is more: to be asked for with this as `since`.
    package var next: String?
    package var problems: [String]

    package init(samples: [PastSamples], links: [PastLink], recorded: [PastSpan], next: String?, problems: [String]) {
        self.samples = samples
        self.links = links
        self.recorded = recorded
        self.next = next
        self.problems = problems
    }
}
