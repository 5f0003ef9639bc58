/// ICMP echo: RFC 792, RFC 4443.
struct EchoQuestion: ProbeKind {
    var place: Question.Place

    var description: String { place.description }
    var isLocal: Bool { place == .gateway }
    var isBeyondGateway6: Bool { place.family == .v6 }
    // Header, ICMP header, cookie: 20 + 8 + 4, or 40 + 8 + 4.
    var bytes: Int { 2 * (place.family.headerLength + 8 + 4) }
    var isOfGateway: Bool { place == .gateway }
    func asking(gateway: IPAddress) -> Question? { .echo(.address(gateway)) }
}
