import ControlProtocol
import Model

/// What to do about a fault, in a few words, for somebody who has never seen it.
enum Advice {
    /// nil: nothing is wrong, or nothing in general can be said.
    static func line(_ wan: WANStatus) -> String? {
        guard wan.health != "up", wan.health != "recovering", let text = wan.fault.flatMap({ text($0.code, wan) }) else { return nil }
        return "\(wan.name): \(text)"
    }

    private static func text(_ code: String, _ wan: WANStatus) -> String? {
        let arguments = ["wan": wan.name, "interface": wan.interface, "gateway": wan.gateway]
        return switch code {
        case "modem-gone":
            say(
                "there is no {interface} ('uplinkctl interfaces' lists what there is): plug the modem in, or try another port or cable.",
                arguments)
        case "no-carrier": say("the cable of {interface} is out, or the box at its other end is off.", arguments)
        case "no-lease":
            say("{interface} has no address or no gateway: look at its DHCP client, and whether the modem is online.", arguments)
        case "no-route":
            say(
                "{interface} has an address and no default route: look at its DHCP client; 'uplinkctl explain' says what to add.", arguments
            )
        case "gateway-silent":
            say("its box[ ({gateway})] doesn't answer: switch it off and on, and look at the cable between.", arguments)
        case "upstream-silent": say("its own box answers, the provider's network behind it doesn't: call the provider.")
        case "silent": say("nothing answers by it: look at its box first, then call the provider.")
        case "lossy", "slow":
            say("'uplinkctl quality {wan}' has the figures for the provider; a full line may be the cause as well.", arguments)
        case "tcp-dead": say("pings pass and connections don't: call the provider, or restart its box.")
        case "dns-dead", "dns-wrong":
            say("the provider's resolver is at fault, the line itself works: another resolver helps until it is mended.")
        case "captive-portal": say("the provider answers with a page of its own: an unpaid bill, a used-up quota or a login.")
        case "http-dead": say("pings pass and pages don't: 'uplinkctl probe {wan}' shows what answers.", arguments)
        default: nil
        }
    }
}
