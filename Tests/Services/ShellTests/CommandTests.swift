import ControlProtocol
import Engine
import KernelFake
import Model
import Plan
import Selection
import Shell
import Testing

@Suite("What the operator asks for")
struct CommandTests {
    private func commands(_ rig: Rig) -> (Commands, () -> [String]) {
        let told = Told()
        let commands = Commands(rig.loop, rig.onlooker, now: { rig.time.now }) { told.happenings.append($0) }
        return (commands, { told.happenings.map(\.message) })
    }

    private final class Told { var happenings: [Happening] = [] }

    @Test("a WAN of his choice carries the sessions when the call returns; his word is written down and told")
    func choice() async throws {
        let rig = try await Rig.inOrder()
        let (commands, told) = commands(rig)
        (rig.onlooker.log, rig.onlooker.notices) = ([], [])
        try commands.choose("smartfren", force: false)
        #expect(rig.loop.engine.pin == WANName("smartfren") && rig.loop.engine.selection.wan == WANName("smartfren"))
        #expect(rig.onlooker.log.last == "remember" && told() == ["The operator chose smartfren."])
        try commands.choose(nil, force: false)
        #expect(rig.loop.engine.pin == nil && told().last == "The operator gave the choice back.")
    }

    @Test("a WAN that isn't there or can't be used is refused, and nothing is done or told")
    func refusedChoice() async throws {
        let rig = try await Rig.inOrder()
        let (commands, told) = commands(rig)
        #expect(throws: ControlError.unknownWAN(wan: "lte", known: ["telkom", "smartfren"])) { try commands.choose("lte", force: true) }
        rig.kernel.setCarrier(false, try #require(InterfaceName("usb0")))
        rig.loop.hear([.routing])
        rig.time.pass(.milliseconds(5))
        do throws(ControlError) {
            try commands.choose("smartfren", force: false)
            Issue.record("it isn't refused")
        } catch {
            guard case .wanNotUsable("smartfren", "no-carrier", _) = error else {
                Issue.record("refused as \(error)")
                return
            }
        }
        #expect(rig.loop.engine.pin == nil && told() == [])
        try commands.choose("smartfren", force: true)
        #expect(rig.loop.engine.pin == WANName("smartfren"))
    }

    @Test("another configuration is in force when the call returns; one that is refused leaves the one before, and says so until the next")
    func configuration() async throws {
        let rig = try await Rig.inOrder()
        let (commands, told) = commands(rig)
        let before = rig.loop.engine.settings
        #expect(commands.refuse(["line 3: no", "line 4: no"]) == .configurationRefused(problems: ["line 3: no", "line 4: no"]))
        #expect(rig.loop.engine.settings == before)
        #expect(commands.configurationProblem == .configurationRefused(problems: ["line 3: no", "line 4: no"]))
        let said = commands.configurationProblem?.sentence.text ?? ""
        #expect(said.contains("at the last reload: line 3: no (and 1 more); the one before is in force"), "\(said)")
        #expect(try commands.configure(Rig.settings(wans: 1)).count == 1)
        #expect(rig.loop.engine.settings.wans.count == 1 && commands.configurationProblem == nil)
        #expect(try commands.configure(Rig.settings(wans: 1)) == [])
        #expect(
            told() == [
                "The configuration was refused; the one before stays in force.", "The configuration has changed.",
                "The configuration was read again; nothing has changed.",
            ])
    }

    @Test("one that waits for a kernel that can't be read isn't said to be in force")
    func unreadableKernel() async throws {
        let rig = try await Rig.inOrder()
        let (commands, _) = commands(rig)
        rig.kernel.refusedSnapshots = 5
        do throws(ControlError) {
            _ = try commands.configure(Rig.settings(wans: 1))
            Issue.record("it isn't refused")
        } catch {
            guard case .failed(let message) = error else {
                Issue.record("refused as \(error)")
                return
            }
            #expect(message.hasPrefix("The configuration is right, and comes into force as soon as the kernel can be read: "))
        }
        #expect(rig.loop.engine.settings.wans.count == 2)
        rig.kernel.refusedSnapshots = nil
        rig.time.pass(.seconds(1))
        #expect(rig.loop.engine.settings.wans.count == 1)
        #expect(try commands.configure(Rig.settings(wans: 1)) == [])
    }
}
