#!/usr/bin/python3
# {NAME}: run by wg-fleet for each event, one at a time, as nobody unless its configuration says otherwise.
# The event is JSON on standard input. What this prints is kept with the delivery.
# Ends with 0: done. With 78: never try this event again. With anything else, an exception too: try it again.
import json
import sys

event = json.load(sys.stdin)
client = event["data"].get("client", {})

if event["type"] == "client.added":
    print(client["ip"], "has joined", client["fleet"])
elif event["type"] == "client.hostname_changed":
    print(client["ip"], "of", client["fleet"], "is called", client.get("hostname", "nothing"), "now")
elif event["type"] == "client.removed":
    print(client["ip"], "has left", client["fleet"] + ":", event["data"]["reason"])
# The start of the server, and what later versions may tell: no failure.
