/// Which number each WAN has. Its mark, its table and its rule follow from it, and the numbers of its probes carry it.
///
/// A name keeps its slot across reloads and restarts, wherever it stands in the file: its sessions and what is known of its health stay its own. The slot of
/// a WAN that is gone stays its own, too, for as long as another one is free: it may come back, and what is left of its sessions isn't led by
/// a WAN that came later.
package struct Slots: Hashable, Sendable, Codable {
    /// The numbers of probes have a byte for it.
    package static let most = 255

    private var numbers: [WANName: Int]

    package init(_ numbers: [WANName: Int] = [:]) { self.numbers = numbers }

    package subscript(wan: WANName) -> Int? { numbers[wan] }

    /// A slot that another WAN had before.
    package struct Inherited: Hashable, Sendable {
        package var number: Int
        package var from: WANName

        package init(number: Int, from: WANName) {
            self.number = number
            self.from = from
        }
    }

    /// Every WAN gets a slot: its own, or the lowest that nobody has had, or, where there is none, the lowest of a WAN that is gone.
    ///
    /// - Parameters:
    ///   - wans: in the order of the file. That there aren't too many the configuration sees to.
    ///   - room: how many the mark mask can tell apart.
    /// - Returns: those that somebody else had before.
    package mutating func seat(_ wans: [WANName], room: Int) -> [Inherited] {
        let all = 1...min(room, Self.most)
        var owners: [Int: WANName] = [:]
        // What is out of range, or there twice, comes from a smaller mask or from a record that somebody has edited. Those that are there come first.
        for wan in wans + numbers.keys.filter({ !wans.contains($0) }).sorted() {
            if let number = numbers[wan], all.contains(number), owners[number] == nil { owners[number] = wan }
        }
        var inherited: [Inherited] = []
        for wan in wans where !owners.values.contains(wan) {
            guard
                let number = all.first(where: { owners[$0] == nil }) ?? all.first(where: { owners[$0].map { !wans.contains($0) } ?? true })
            else { continue }
            if let before = owners[number] { inherited.append(Inherited(number: number, from: before)) }
            owners[number] = wan
        }
        numbers = [:]
        for (number, wan) in owners { numbers[wan] = number }
        return inherited
    }

    // In JSON it is the object of names and numbers itself.
    package init(from decoder: any Decoder) throws { numbers = try [WANName: Int](from: decoder) }
    package func encode(to encoder: any Encoder) throws { try numbers.encode(to: encoder) }
}

extension Slots {
    /// Where the record of an earlier run is missing or can't be read, the kernel still tells: the table of each WAN leads by its interface.
    package init(heldBy snapshot: Snapshot, _ settings: Settings) {
        self.init()
        for route in snapshot.routes where route.isOurs && route.table > Territory.tableBase {
            guard let wan = settings.wans.first(where: { $0.interface == route.interface }) else { continue }
            numbers[wan.name] = Int(route.table - Territory.tableBase)
        }
    }
}

extension Settings {
    /// From here on each WAN has the number of its slot, and not that of its place in the file.
    package mutating func number(by slots: inout Slots) -> [Slots.Inherited] {
        let inherited = slots.seat(wans.sorted { $0.number < $1.number }.map(\.name), room: markMask.capacity)
        for index in wans.indices { wans[index].number = slots[wans[index].name] ?? wans[index].number }
        return inherited
    }
}
