import CNetlink
import Clients
import ControlProtocol
import Foundation
import Samples
import Tracing

@testable import Configuration
@testable import LinuxKernel
@testable import Model
@testable import Netlink
@testable import Plan
@testable import Probing
@testable import Scenario
@testable import Survey
@testable import Varlink

typealias Parser = @Sendable ([UInt8]) -> Void

/// Everything that reads what somebody else has written. A parser that can be undone is undone, and has to come to the same again.
let parsers: [String: Parser] = [
    "dhcp": dhcp, "dns": dns, "http": http, "icmp": icmp, "iptables": iptables, "leases": { _ = Leases.parse(text($0)) },
    "netlink": netlink, "nft": nft,
    "rules": { _ = BoxRules(routing: text($0)).warnings(for: office, kind: "nft") }, "samples": samples, "scenario": scenario,
    "state": state,
    "text": words, "varlink": varlink, "yaml": { _ = Configuration.parse(text($0)) },
]

private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

private let office: Settings = {
    let file = "lan: {interfaces: [br0]}\nwans:\n  telkom: {interface: eth0, metric: 1}\n  smartfren: {interface: usb0, metric: 2}\n"
    guard let settings = Configuration.parse(file).settings else { fatalError("the office's configuration is refused") }
    return settings
}()

/// What DHCP clients keep for themselves, and whom the box asks for names. A gateway that is found goes into a route.
@Sendable private func dhcp(_ bytes: [UInt8]) {
    guard let eth0 = InterfaceName("eth0") else { return }
    let text = text(bytes)
    let leases = DHCPLeases.dhclient(text, of: eth0) + DHCPLeases.networkd(text)
    precondition(leases.count <= 9 && leases.allSatisfy { $0.gateway.bits != 0 }, "there is no end to the leases")
    precondition(Nameservers.parse(text).count <= 3, "more than the C library takes")
}

@Sendable private func dns(_ bytes: [UInt8]) {
    guard let message = try? DNSMessage(ArraySlice(bytes)), case let name = DNSName("check.example") else { return }
    for type in DNSQuestion.RecordType.allCases { _ = message.judged(id: message.id, name, type) }
}

/// The first byte says in how many pieces the rest comes, and whether the page is kept.
@Sendable private func http(_ bytes: [UInt8]) {
    guard let first = bytes.first, let resolver = IPAddress("192.0.2.1") else { return }
    var answers = [HTTPReader(keepsPage: true), HTTPReader(keepsPage: first & 1 != 0)]
    let size = [1, 7, 512, Int.max][Int(first >> 1 & 3)]
    var rest = bytes.dropFirst()
    try? answers[0].take(rest)
    do throws(HTTPError) {
        while !rest.isEmpty {
            try answers[1].take(rest.prefix(size))
            rest = rest.dropFirst(size)
        }
        try answers[1].finish()
    } catch {}
    if first & 1 != 0 { precondition(answers[0].page == answers[1].page, "it matters in which pieces a page comes") }
    for (status, body) in [(204, nil), (200, "success")] as [(Int, String?)] {
        let question = HTTPQuestion(host: "check.example", status: status, body: body, resolver: resolver)
        for answer in answers { _ = question.judge(answer) }
    }
    _ = HTMLText.title(of: text(Array(bytes.dropFirst())))
}

@Sendable private func icmp(_ bytes: [UInt8]) {
    let message = (try? IPv4Packet(ArraySlice(bytes)))?.payload ?? ArraySlice(bytes)
    for family in IPFamily.allCases {
        _ = try? ICMPMessage(message, family)
        _ = try? TraceMessage(message, family)
    }
    _ = ARPPacket(ArraySlice(bytes))
    _ = NeighbourDiscovery.advertisedTarget(ArraySlice(bytes))
}

@Sendable private func iptables(_ bytes: [UInt8]) {
    let text = text(bytes)
    for table in ["nat", "mangle", "filter"] { _ = try? IPTablesSave.parse(text, table) }
    for kind in [nil, "nft", "legacy"] { _ = BoxRules(iptables: [text, text], legacy: [text]).warnings(for: office, kind: kind) }
}

@Sendable private func nft(_ bytes: [UInt8]) {
    let text = text(bytes)
    _ = try? NFTablesList.parse(text)
    _ = BoxRules(nftables: text).warnings(for: office, kind: nil)
}

/// Whole datagrams of the kernel's. They lie at the end of memory that isn't ours any more, as the sanitizer sees it.
@Sendable private func netlink(_ bytes: [UInt8]) {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 16)
    defer { buffer.deallocate() }
    buffer.copyBytes(from: bytes)
    var addresses = KnownAddresses()
    for reply in Replies(buffer: buffer, count: bytes.count) {
        _ = KernelRoute(reply).map { $0.routes { _ in InterfaceName("eth0") } }
        _ = RuleFound(reply)
        _ = Interface(reply)
        _ = LinkCounters(reply)
        _ = RouteLookup.Answer(reply)
        _ = IPv4Prefix(reply, of: 1)
        _ = IPv6Prefix(reply, of: 1)
        _ = addresses.learn(reply)
        _ = OwnEnd(reply)?.address
        _ = reply.errorWords
        if let session = ConntrackEntry(reply) {
            _ = (session.originalTuple, session.replyTuple, session.session)
            var batch = MessageBatch()
            session.delete(in: &batch)
        }
        _ = ConntrackEntry(reply, IPCTNL_MSG_CT_DELETE)?.session
        _ = NoticeFilter.concernsRouting(reply)
        _ = NoticeFilter.firewallPlace(reply)
    }
}

/// What was decoded can be encoded. It need not come back: a block that nobody wrote may go back in time.
@Sendable private func samples(_ bytes: [UInt8]) {
    guard let samples = try? SampleBlock.decode(bytes) else { return }
    _ = SampleBlock.encode(samples)
}

@Sendable private func scenario(_ bytes: [UInt8]) {
    guard let scenario = try? Scenario(parsing: text(bytes)) else { return }
    for step in scenario.steps { _ = step.text }
}

/// Of `state.json`: what was there before us, and the numbers of the WANs.
@Sendable private func state(_ bytes: [UInt8]) {
    _ = try? JSONDecoder().decode(Undo.self, from: Data(bytes))
    _ = try? JSONDecoder().decode(Slots.self, from: Data(bytes))
}

/// Short words of the configuration and of recordings: what is read is written as it was meant.
@Sendable private func words(_ bytes: [UInt8]) {
    let text = text(bytes)
    func twice<Word: Equatable & CustomStringConvertible>(_ read: (String) -> Word?) {
        guard let word = read(text) else { return }
        precondition(read(word.description) == word, "'\(word)' is read otherwise than it was written")
    }
    twice { IPv4Address($0) }
    twice { IPv6Address($0) }
    twice { IPv4Prefix($0) }
    twice { IPv6Prefix($0) }
    twice { Route($0) }
    twice { Rule($0) }
    twice { Target($0) }
    twice { WANName($0) }
    twice { InterfaceName($0) }
}

/// The first bytes up to a NUL are a call to the daemon; then come what clients read.
@Sendable private func varlink(_ bytes: [UInt8]) {
    var frames = FrameBuffer(limit: 1 << 20)
    frames.append(bytes)
    while let json = try? frames.next() {
        if let call = try? Call(json: json) {
            _ = (call.interface, try? call.parameters(ProbeParameters.self), try? call.parameters(ExplainParameters.self))
        }
        _ = try? decodeJSON(Status.self, from: json)
        _ = try? decodeJSON(ControlEvent.self, from: json)
        _ = try? decodeJSON(SwitchReport.self, from: json)
        _ = try? decodeJSON(SampleSeries.self, from: json)
    }
}
