import Lab
import Testing

@Suite("What is said to a box, and by it")
struct BoxPureTests {
    @Test(
        "QEMU's lines",
        arguments: [
            (#"{"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}, "package": ""}, "capabilities": ["oob"]}}"#, .greeting),
            (#"{"return": {}, "id": 3}"#, .done(3)),
            (
                #"{"id": 4, "error": {"class": "DeviceNotFound", "desc": "Device 'modem' not found"}}"#,
                .refused(4, reason: "Device 'modem' not found")
            ),
            (
                #"{"timestamp": {"seconds": 1, "microseconds": 2}, "event": "DEVICE_DELETED", "data": {"device": "modem", "path": "/x"}}"#,
                .event("DEVICE_DELETED")
            ),
        ] as [(String, QMPMessage)])
    func lines(text: String, message: QMPMessage) throws { #expect(try QMPMessage(text) == message) }

    @Test(
        "what QEMU can't read is an error, and so is what isn't QEMU's",
        arguments: [#"{"error": {"class": "GenericError", "desc": "JSON"}}"#, "qemu"])
    func unreadable(text: String) { #expect(throws: LabError.self) { try QMPMessage(text) } }

    @Test("a cable is pulled, a modem plugged into a port and pulled out again")
    func orders() throws {
        #expect(
            try JSON.line(QMPCommand.setCable("telkom", isPlugged: false))
                == #"{"arguments":{"name":"telkom","up":false},"execute":"set_link","id":0}"#)
        #expect(
            try JSON.line(QMPCommand.plug(Modem(port: 5, hardware: "02:00:00:00:00:09")))
                == #"{"arguments":{"bus":"usb.0","driver":"usb-net","id":"modem","mac":"02:00:00:00:00:09","netdev":"smartfren","port":"5"},"#
                + #""execute":"device_add","id":0}"#)
        #expect(try JSON.line(QMPCommand.unplug) == #"{"arguments":{"id":"modem"},"execute":"device_del","id":0}"#)
    }

    @Test("a command goes to the agent in one line, whatever is in it, and its output comes back as it was")
    func agent() throws {
        #expect(AgentMessage.request(7, seconds: 60, command: "echo 'a b'\nfalse") == "7 60 ZWNobyAnYSBiJwpmYWxzZQ==")
        let answer = try #require(AgentMessage.answer("7 1 YSBiCg=="))
        #expect((answer.number, answer.status, answer.output) == (7, 1, "a b\n"))
        #expect(AgentMessage.answer("0 0 ")?.output == "")
    }

    @Test(
        "half a line of a box that was switched off is no answer", arguments: ["", "7", "7 0", "7 0 YSB", "x 0 YSBiCg==", "7 0 YSBiCg== 1"])
    func halves(line: String) { #expect(AgentMessage.answer(line) == nil) }

    @Test("a box has the card that was asked for, the modem in its port or none, and each cable in its place")
    func commandLine() {
        let machine = BoxMachine(image: "/boxes/1,2", card: .e1000)
        let with = machine.arguments(folder: "/run/box", modem: Modem(port: 3))
        #expect(with.contains("e1000,id=telkom,netdev=telkom,mac=52:54:00:00:58:02,addr=0x11,romfile="))
        #expect(with.contains("usb-net,id=modem,netdev=smartfren,bus=usb.0,port=3,mac=0c:5b:8f:27:9a:64"))
        #expect(with.contains("tap,id=smartfren,ifname=box-smartfren,script=no,downscript=no"))
        // A comma would end the file's name.
        #expect(with.contains("file=/boxes/1,,2/overlay,format=qcow2,if=virtio,cache=unsafe"))
        #expect(with.contains("tcg,thread=multi"))
        let without = BoxMachine(image: "/boxes/12", isAccelerated: true).arguments(folder: "/run/box", modem: nil)
        let modems = without.filter { $0.hasPrefix("usb-net") }
        #expect(modems.isEmpty)
        #expect(without.contains("kvm"))
    }

    @Test("answers find their questions in any order; who is still waiting when the box goes hears of it, and so does who asks later")
    func questions() async throws {
        let questions = Questions<String>()
        let (sent, report) = AsyncStream<Int>.makeStream()
        let asked = (0..<3).map { _ in
            Task { try await questions.ask(within: .seconds(300)) { report.yield($0) } }
        }
        var numbers: [Int] = []
        for await number in sent {
            numbers.append(number)
            if numbers.count == 3 { break }
        }
        await questions.answer(numbers[2], .success("last"))
        await questions.answer(numbers[0], .success("first"))
        await questions.answer(99, .success("nobody asked"))
        await questions.close(LabError("gone"))
        var answers: [String] = []
        for task in asked {
            do { answers.append(try await task.value) } catch { answers.append("\(error)") }
        }
        #expect(answers.sorted() == ["first", "gone", "last"])
        await #expect(throws: LabError.self) { try await questions.ask(within: .seconds(300)) { _ in } }
    }

    @Test("a question that nobody answers ends by itself")
    func unanswered() async {
        await #expect(throws: LabError.self) { try await Questions<String>().ask(within: .milliseconds(1)) { _ in } }
    }
}
