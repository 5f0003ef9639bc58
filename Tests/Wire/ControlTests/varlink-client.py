"""Talks to the control socket with somebody else's Varlink client, which checks every reply against the description that it was given.

Prints a line for each thing that held; VarlinkClientTests compares them.
"""

import sys

import varlink

client = varlink.Client.new_with_address("unix:" + sys.argv[1])
client.get_interfaces()

with client.open("org.varlink.service") as service:
    info = service.GetInfo()
    print("GetInfo:", info["product"], " ".join(info["interfaces"]))
    # Its parser reads both of our descriptions.
    for name in info["interfaces"]:
        interface = varlink.Interface(service.GetInterfaceDescription(name)["description"])
        print("parsed:", interface.name, len(interface.members), "members")

with client.open("net.uplinkd") as uplinkd:
    status = uplinkd.Status()["status"]
    print("Status:", status["selection"]["wan"], " ".join(wan["name"] for wan in status["wans"]))
    print("Events:", [event["id"] for event in uplinkd.Events(2)["events"]])
    print("Explain:", uplinkd.Explain()["explanation"]["sentence"]["text"])
    quality = uplinkd.Quality("smartfren")["quality"][0]
    print("Quality:", quality["wan"], quality["targets"][1]["answers"], quality["thresholds"]["loss"]["return"])
    print("Probe:", uplinkd.Probe(wan="telkom", target="1.1.1.1", kind="tcp", port=443)["results"][0]["outcome"])
    print("Reload:", uplinkd.Reload()["changes"])
    for parameters in [{"wan": "nobody"}, {"wan": "smartfren"}]:
        try:
            uplinkd.Switch(**parameters)
        except varlink.VarlinkError as error:
            print("error:", error.error(), sorted(error.parameters()))

with client.open("net.uplinkd") as watcher, client.open("net.uplinkd") as uplinkd:
    replies = watcher.Watch(_more=True)
    print("Watch:", next(replies)["status"]["selection"]["wan"])
    print("Switch:", uplinkd.Switch("smartfren", True)["selection"]["pinned"])
    print("Watch:", next(replies)["status"]["selection"]["wan"])

with client.open("net.uplinkd") as uplinkd:
    try:
        uplinkd.Watch()
    except varlink.VarlinkError as error:
        print("error:", error.error())
